package io.dl4jext.batch.internal.scaling;

import java.io.IOException;
import java.util.Objects;
import java.util.function.DoubleSupplier;
import java.util.function.DoubleUnaryOperator;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.core.JsonGenerator;
import org.nd4j.shade.jackson.databind.JsonSerializer;
import org.nd4j.shade.jackson.databind.SerializerProvider;
import org.nd4j.shade.jackson.databind.annotation.JsonSerialize;
import org.nd4j.shade.jackson.databind.jsontype.TypeSerializer;

/**
 * Stands in for an updater's own rate or schedule during a pass. It scales only while that pass goes on; should the
 * pass end in an exception, which no listener hears of, it stays in the configuration but shows, saves, copies and
 * compares as what it stands for.
 */
@JsonSerialize(using = ScaledRate.AsOwn.class)
final class ScaledRate implements ISchedule {

    private static final long serialVersionUID = 1L;

    /** The updater's own; NaN where only its schedule counts. */
    private final double rate;
    /** The updater's own, or null. */
    private final ISchedule schedule;
    /** Knows the scaling of the pass. */
    private final transient ScaledRates owner;

    /** The rate that the updater has now, whatever was set since this stands in. */
    private final transient DoubleSupplier rateNow;

    /** Whether the updater forgets its rate when it is given a schedule. */
    private final boolean rateInSchedule;

    private transient boolean asked;

    ScaledRate(double rate, ISchedule schedule, boolean rateInSchedule, ScaledRates owner, DoubleSupplier rateNow) {
        this.rate = rate;
        this.schedule = schedule;
        this.rateInSchedule = rateInSchedule;
        this.owner = owner;
        this.rateNow = rateNow;
    }

    @Override
    public double valueAt(int iteration, int epoch) {
        asked = true;
        DoubleUnaryOperator scaling = owner.scaling();
        if (schedule != null) {
            double own = schedule.valueAt(iteration, epoch);
            return scaling == null ? own : scaling.applyAsDouble(own);
        }
        return scaling == null ? rateNow.getAsDouble() : scaling.applyAsDouble(rate);
    }

    /** Whether the question asked of an updater in {@code ask} comes through to this. */
    boolean answers(Runnable ask) {
        asked = false;
        ask.run();
        return asked;
    }

    /** What a copy or a file is to have. */
    private ISchedule own() {
        return schedule == null && rateInSchedule ? new FixedSchedule(rate) : schedule;
    }

    @Override
    public ISchedule clone() {
        ISchedule own = own();
        return own == null ? null : own.clone();
    }

    private Object writeReplace() {
        return own();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ScaledRate
                ? Objects.equals(own(), ((ScaledRate) other).own())
                : Objects.equals(own(), other);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(own());
    }

    @Override
    public String toString() {
        return String.valueOf(own());
    }

    /** Writes the updater's own schedule, or null. */
    static final class AsOwn extends JsonSerializer<ScaledRate> {

        @Override
        public void serialize(ScaledRate value, JsonGenerator out, SerializerProvider serializers) throws IOException {
            serializers.defaultSerializeValue(value.own(), out);
        }

        @Override
        public void serializeWithType(
                ScaledRate value, JsonGenerator out, SerializerProvider serializers, TypeSerializer type)
                throws IOException {
            ISchedule own = value.own();
            if (own == null) {
                serializers.defaultSerializeNull(out);
            } else {
                serializers.findValueSerializer(own.getClass()).serializeWithType(own, out, serializers, type);
            }
        }
    }
}
