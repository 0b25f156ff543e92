import com.hazelcast.core.Hazelcast;
import com.hazelcast.jet.config.JobConfig;
import com.hazelcast.jet.pipeline.Pipeline;
import com.hazelcast.jet.pipeline.Sinks;
import com.hazelcast.jet.pipeline.test.TestSources;

/** Submits a job: one that ends, one that never does, or one that fails. */
public class JobMain {
    public static void main(String[] args) {
        Pipeline pipeline = Pipeline.create();
        switch (args[0]) {
            case "ends":
                pipeline.readFrom(TestSources.items(1, 2, 3)).writeTo(Sinks.map(args[1], i -> i, i -> i * 10));
                break;
            case "goes-on":
                pipeline.readFrom(TestSources.itemStream(10)).withoutTimestamps().writeTo(Sinks.noop());
                break;
            case "fails":
                pipeline.readFrom(TestSources.items(1, 0)).map(i -> 1 / i).writeTo(Sinks.noop());
                break;
            default:
                throw new IllegalArgumentException("no such job: " + args[0]);
        }
        Hazelcast.bootstrappedInstance().getJet().newJob(pipeline, new JobConfig());
    }
}
