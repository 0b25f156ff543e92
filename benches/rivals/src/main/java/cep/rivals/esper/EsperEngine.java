package cep.rivals.esper;

import cep.rivals.Engine;
import cep.rivals.Matches;
import cep.rivals.Workload;
import cep.rivals.event.Event;
import com.espertech.esper.common.client.configuration.Configuration;
import com.espertech.esper.common.client.configuration.common.ConfigurationCommonEventTypeBean;
import com.espertech.esper.common.client.util.AccessorStyle;
import com.espertech.esper.compiler.client.CompilerArguments;
import com.espertech.esper.compiler.client.EPCompilerProvider;
import com.espertech.esper.runtime.client.EPRuntime;
import com.espertech.esper.runtime.client.EPRuntimeProvider;
import java.util.List;

/** Esper in one thread; its clock is the events'. */
public final class EsperEngine implements Engine {
    /** Longer than any window. */
    private static final long AFTER_ALL_WINDOWS = 3_600_000;

    private final Workload workload;
    private final Configuration configuration;

    public EsperEngine(Workload workload) {
        this.workload = workload;
        configuration = configuration(workload);
    }

    @Override
    public long run(List<Event> events, Matches matches) throws Exception {
        var runtime = EPRuntimeProvider.getRuntime("rivals", configuration);
        runtime.getEventService().clockExternal();
        runtime.getEventService().advanceTime(0);
        for (var statement : EsperStatements.of(workload)) {
            deploy(runtime, statement, matches);
        }
        var service = runtime.getEventService();
        var sender = service.getEventSender(workload.type().getSimpleName());
        var start = System.nanoTime();
        for (var event : events) {
            service.advanceTime(event.ts);
            sender.sendEvent(event);
        }
        service.advanceTime(events.size() + AFTER_ALL_WINDOWS);
        return System.nanoTime() - start;
    }

    private void deploy(EPRuntime runtime, String statement, Matches matches) throws Exception {
        var compiled = EPCompilerProvider.getCompiler().compile(statement, new CompilerArguments(configuration));
        var deployed = runtime.getDeploymentService().deploy(compiled);
        deployed.getStatements()[0].setSubscriber(new MatchSubscriber(matches));
    }

    private static Configuration configuration(Workload workload) {
        var fields = new ConfigurationCommonEventTypeBean();
        fields.setAccessorStyle(AccessorStyle.PUBLIC);
        var configuration = new Configuration();
        configuration.getCommon().addEventType(workload.type().getSimpleName(), workload.type().getName(), fields);
        configuration.getCompiler().getByteCode().setAllowSubscriber(true);
        configuration.getRuntime().getThreading().setInternalTimerEnabled(false);
        configuration.getRuntime().getThreading().setListenerDispatchPreserveOrder(false);
        return configuration;
    }
}
