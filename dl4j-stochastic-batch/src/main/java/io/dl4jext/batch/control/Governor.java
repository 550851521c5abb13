package io.dl4jext.batch.control;

import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect.Visibility;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Keeps sizes within what is allowed: bounds, multiples, the largest step up and down, and no change for the sake of a
 * small one. A pure function of present and wanted size. Immutable.
 */
@JsonAutoDetect(fieldVisibility = Visibility.ANY, getterVisibility = Visibility.NONE)
final class Governor {

    @JsonProperty("min")
    private final int smallest;

    @JsonProperty("max")
    private final int largest;

    @JsonProperty("multipleOf")
    private final int multiple;

    private final double growthCap;
    private final double shrinkCap;
    private final double hysteresis;
    private final boolean neverShrink;

    /**
     * @param min the least size, &gt; 0; raised to a multiple
     * @param max the largest size, ≥ min; lowered to a multiple
     * @throws IllegalArgumentException if there is no multiple between them
     */
    Governor(
            int min,
            int max,
            int multiple,
            double growthCap,
            double shrinkCap,
            double hysteresis,
            boolean neverShrink) {
        long up = (min + (long) multiple - 1) / multiple * multiple;
        this.largest = max / multiple * multiple;
        if (up > largest) {
            throw new IllegalArgumentException(
                    "Expected bounds with a multiple of " + multiple + " between them, got " + min + " and " + max);
        }
        this.smallest = (int) up;
        this.multiple = multiple;
        this.growthCap = growthCap;
        this.shrinkCap = shrinkCap;
        this.hysteresis = hysteresis;
        this.neverShrink = neverShrink;
    }

    int smallest() {
        return smallest;
    }

    int largest() {
        return largest;
    }

    boolean allows(int size) {
        return size >= smallest && size <= largest && size % multiple == 0;
    }

    /**
     * The size that follows.
     *
     * @param present an allowed size
     * @param wanted finite
     */
    int next(int present, double wanted) {
        if (wanted <= present * (1 + hysteresis) && wanted * (1 + hysteresis) >= present) {
            return present;
        }
        // Rounded up, so that the batch is at least what was asked for; compared as a double, which cannot overflow.
        double rounded = Math.ceil(wanted / multiple) * multiple;
        double next = Math.max(smallest, Math.min(largest, rounded));
        if (next > present) {
            // One multiple is always allowed: a small cap must not hold the size for ever.
            double limit = Math.max(Math.floor(present * growthCap / multiple) * multiple, present + (double) multiple);
            return (int) Math.min(next, limit);
        }
        if (neverShrink) {
            return present;
        }
        double limit = Math.min(Math.ceil(present / shrinkCap / multiple) * multiple, present - (double) multiple);
        return next == present ? present : (int) Math.max(next, limit);
    }
}
