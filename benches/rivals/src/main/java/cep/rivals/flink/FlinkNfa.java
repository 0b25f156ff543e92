package cep.rivals.flink;

import cep.rivals.Engine;
import cep.rivals.Matches;
import cep.rivals.Workload;
import cep.rivals.event.Event;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** Flink's NFA and shared buffer, driven in one thread: Flink's best case. */
public final class FlinkNfa implements Engine {
    private final Workload workload;

    public FlinkNfa(Workload workload) {
        this.workload = workload;
    }

    @Override
    public long run(List<Event> events, Matches matches) throws Exception {
        var lanes = lanes(matches);
        var start = System.nanoTime();
        for (var event : events) {
            var key = event.key();
            for (var lane : lanes) {
                lane.event(key, event);
            }
        }
        for (var lane : lanes) {
            lane.finish();
        }
        return System.nanoTime() - start;
    }

    private List<NfaLane> lanes(Matches matches) throws Exception {
        var lanes = new ArrayList<NfaLane>();
        for (var pattern : FlinkPatterns.of(workload)) {
            lanes.add(new NfaLane(pattern, serializer(), matches));
        }
        return lanes;
    }

    @SuppressWarnings("unchecked")
    private TypeSerializer<Event> serializer() {
        var type = (TypeInformation<Event>) TypeInformation.of(workload.type());
        return type.createSerializer(new SerializerConfigImpl());
    }
}
