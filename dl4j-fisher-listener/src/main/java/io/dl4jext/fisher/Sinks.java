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
        for (FisherSink sink : List.copyOf(sinks)) {
            if (!sinks.contains(sink)) {
                continue; // one before it has closed the listener
            }
            try {
                call.on(sink);
            } catch (Throwable e) {
                log.error("{} failed and is dropped; training and measuring go on", sink, e);
                if (sinks.remove(sink)) {
                    close(sink);
                }
            }
        }
    }

    void close() {
        List<FisherSink> all = List.copyOf(sinks);
        sinks.clear();
        all.forEach(Sinks::close);
    }

    private static void close(FisherSink sink) {
        try {
            sink.close();
        } catch (Throwable e) {
            log.warn("{} could not be closed", sink, e);
        }
    }
}
