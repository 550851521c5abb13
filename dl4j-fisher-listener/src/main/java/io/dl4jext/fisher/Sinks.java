package io.dl4jext.fisher;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sinks of a listener. One that fails is reported once and dropped. */
final class Sinks {

    private static final Logger log = LoggerFactory.getLogger(FisherListener.class);

    private final List<FisherSink> sinks;

    Sinks(List<FisherSink> sinks) {
        this.sinks = new ArrayList<>(sinks);
    }

    private interface Call {

        void on(FisherSink sink) throws IOException;
    }

    void accept(FisherMeasurement measurement, FisherSummary soFar) {
        each(sink -> sink.accept(measurement, soFar));
    }

    void resumeAt(int iteration, FisherHistory before) {
        each(sink -> sink.resumeAt(iteration, before));
    }

    private void each(Call call) {
        sinks.removeIf(sink -> {
            try {
                call.on(sink);
                return false;
            } catch (Throwable e) {
                log.error("{} failed and is dropped; training and measuring go on", sink, e);
                close(sink);
                return true;
            }
        });
    }

    void close() {
        sinks.forEach(Sinks::close);
        sinks.clear();
    }

    private static void close(FisherSink sink) {
        try {
            sink.close();
        } catch (Throwable e) {
            log.warn("{} could not be closed", sink, e);
        }
    }
}
