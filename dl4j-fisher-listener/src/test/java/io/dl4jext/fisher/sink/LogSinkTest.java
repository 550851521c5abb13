package io.dl4jext.fisher.sink;

import static io.dl4jext.fisher.FisherMeasurements.measurement;
import static io.dl4jext.fisher.FisherMeasurements.summary;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.dl4jext.fisher.FisherSink;
import java.io.IOException;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LogSinkTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger("io.dl4jext.fisher");
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
    private Level level;
    private Locale locale;

    @BeforeEach
    void listen() {
        level = logger.getLevel();
        locale = Locale.getDefault();
        logger.setLevel(Level.INFO);
        appender.start();
        logger.addAppender(appender);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(appender);
        logger.setLevel(level);
        Locale.setDefault(locale);
    }

    @Test
    void aMeasurementIsOneLineInAnyLocale() throws IOException {
        Locale.setDefault(Locale.GERMANY);
        try (FisherSink sink = new LogSink()) {
            sink.accept(measurement(1, 120, 0.5, 0.4321, 4, 1, 0), summary(7, 3.25, 12.5));
        }
        assertThat(appender.list).hasSize(1);
        ILoggingEvent event = appender.list.get(0);
        assertThat(event.getLevel()).isEqualTo(Level.INFO);
        assertThat(event.getLoggerName()).isEqualTo("io.dl4jext.fisher");
        // l_k = 0.5 / 3 * sqrt(5)
        assertThat(event.getFormattedMessage())
                .isEqualTo("epoch 1, iteration 120: c_k 2.000 (rank 2 of 3), l_k 0.3727, C_K 3.250, L_K 12.50,"
                        + " loss 0.4321");
    }

    @Test
    void whatIsNoNumberIsNamedSo() {
        new LogSink().accept(measurement(0, 0, Double.NaN, Double.NaN, 0), summary(1, Double.NaN, Double.NaN));
        assertThat(appender.list.get(0).getFormattedMessage())
                .isEqualTo("epoch 0, iteration 0: c_k NaN (rank 0 of 1), l_k NaN, C_K NaN, L_K NaN, loss NaN");
    }

    @Test
    void aLoggerCanBeGivenAndItsLevelIsKept() {
        Logger other = (Logger) LoggerFactory.getLogger("another.name");
        other.addAppender(appender);
        try {
            other.setLevel(Level.INFO);
            new LogSink(other).accept(measurement(0, 5, 0.1, 1, 1), summary(1, 1, 1));
            assertThat(appender.list).extracting(ILoggingEvent::getLoggerName).containsExactly("another.name");
            other.setLevel(Level.WARN);
            new LogSink(other).accept(measurement(0, 6, 0.1, 1, 1), summary(1, 1, 1));
            assertThat(appender.list).hasSize(1);
        } finally {
            other.detachAppender(appender);
        }
    }
}
