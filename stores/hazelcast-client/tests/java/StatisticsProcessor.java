import com.hazelcast.client.impl.statistics.ClientStatistics;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.internal.metrics.MetricConsumer;
import com.hazelcast.internal.metrics.MetricDescriptor;
import com.hazelcast.internal.metrics.impl.MetricsCompressor;
import com.hazelcast.map.EntryProcessor;
import java.util.Map;
import java.util.UUID;

/** Gives what the member was told of a client: its attributes, and then its metrics line by line; null before that. */
public class StatisticsProcessor implements EntryProcessor<Object, Object, String> {
    private String client;

    @Override
    public String process(Map.Entry<Object, Object> entry) {
        StringBuilder text = new StringBuilder();
        for (HazelcastInstance instance : Hazelcast.getAllHazelcastInstances()) {
            var engine = ((HazelcastInstanceProxy) instance).getOriginal().node.getClientEngine();
            ClientStatistics told = engine.getClientStatistics().get(UUID.fromString(client));
            if (told == null) {
                return null;
            }
            text.append(told.clientAttributes()).append('\n');
            MetricsCompressor.extractMetrics(told.metricsBlob(), new MetricConsumer() {
                @Override
                public void consumeLong(MetricDescriptor descriptor, long value) {
                    text.append(descriptor.metricString()).append('=').append(value).append('\n');
                }

                @Override
                public void consumeDouble(MetricDescriptor descriptor, double value) {
                    text.append(descriptor.metricString()).append('=').append(value).append('\n');
                }
            });
        }
        return text.toString();
    }
}
