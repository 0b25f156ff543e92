package cep.rivals.flink;

import java.util.List;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.functions.SerializerFactory;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.runtime.query.KvStateRegistry;
import org.apache.flink.runtime.state.AbstractKeyedStateBackend;
import org.apache.flink.runtime.state.DefaultKeyedStateStore;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.LocalRecoveryConfig;
import org.apache.flink.runtime.state.UncompressedStreamCompressionDecorator;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.heap.HeapKeyedStateBackendBuilder;
import org.apache.flink.runtime.state.heap.HeapPriorityQueueSetFactory;
import org.apache.flink.runtime.state.metrics.LatencyTrackingStateConfig;
import org.apache.flink.runtime.state.metrics.SizeTrackingStateConfig;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;

/** Flink's keyed state on the heap, without a task around it. */
final class HeapState {
    /** As a job at parallelism 1 has them. */
    private static final int KEY_GROUPS = 128;

    private final AbstractKeyedStateBackend<String> backend;

    HeapState() throws Exception {
        var range = new KeyGroupRange(0, KEY_GROUPS - 1);
        backend = new HeapKeyedStateBackendBuilder<>(
                        new KvStateRegistry().createTaskRegistry(new JobID(), new JobVertexID()),
                        StringSerializer.INSTANCE,
                        HeapState.class.getClassLoader(),
                        KEY_GROUPS,
                        range,
                        new ExecutionConfig(),
                        TtlTimeProvider.DEFAULT,
                        LatencyTrackingStateConfig.disabled(),
                        SizeTrackingStateConfig.disabled(),
                        List.of(),
                        UncompressedStreamCompressionDecorator.INSTANCE,
                        LocalRecoveryConfig.BACKUP_AND_RECOVERY_DISABLED,
                        new HeapPriorityQueueSetFactory(range, KEY_GROUPS, 128),
                        true,
                        new CloseableRegistry())
                .build();
    }

    /** State read and written from now on is this key's. */
    void key(String key) {
        backend.setCurrentKey(key);
    }

    /** The keys that have a state of this name. */
    List<String> keys(String state) {
        try (var keys = backend.getKeys(state, VoidNamespace.INSTANCE)) {
            return keys.toList();
        }
    }

    KeyedStateStore store() {
        return new DefaultKeyedStateStore(backend, new Serializers());
    }

    /** All states here come with their serializers, or with a type that makes one. */
    private static final class Serializers implements SerializerFactory {
        @Override
        public <T> TypeSerializer<T> createSerializer(TypeInformation<T> type) {
            return type.createSerializer(new ExecutionConfig().getSerializerConfig());
        }
    }
}
