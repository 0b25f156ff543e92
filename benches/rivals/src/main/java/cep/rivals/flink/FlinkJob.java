package cep.rivals.flink;

import cep.rivals.Engine;
import cep.rivals.Matches;
import cep.rivals.Workload;
import cep.rivals.event.Event;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.cep.CEP;
import org.apache.flink.cep.pattern.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/** A Flink job in this process: parallelism 1, object reuse, state on the heap, watermarks at Flink's default interval. */
public final class FlinkJob implements Engine {
    private final Workload workload;

    public FlinkJob(Workload workload) {
        this.workload = workload;
    }

    @Override
    public long run(List<Event> events, Matches matches) throws Exception {
        JobRun.begin(events, matches);
        var environment = environment();
        var stream = keyed(environment);
        for (var pattern : FlinkPatterns.of(workload)) {
            count(stream, pattern);
        }
        environment.execute();
        return JobRun.nanos();
    }

    private static StreamExecutionEnvironment environment() {
        var configuration = new Configuration();
        configuration.set(StateBackendOptions.STATE_BACKEND, "hashmap");
        var environment = StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
        environment.getConfig().enableObjectReuse();
        return environment;
    }

    @SuppressWarnings("unchecked")
    private DataStream<Event> keyed(StreamExecutionEnvironment environment) {
        var type = (TypeInformation<Event>) TypeInformation.of(workload.type());
        var times = WatermarkStrategy.<Event>forMonotonousTimestamps().withTimestampAssigner((event, before) -> event.ts);
        return environment
                .addSource(new ListSource(), "events", type)
                .assignTimestampsAndWatermarks(times)
                .keyBy(Event::key);
    }

    private static void count(DataStream<Event> stream, Pattern<Event, ?> pattern) {
        CEP.pattern(stream, pattern).process(new CountMatches(), Types.VOID).sinkTo(new DiscardingSink<>());
    }
}
