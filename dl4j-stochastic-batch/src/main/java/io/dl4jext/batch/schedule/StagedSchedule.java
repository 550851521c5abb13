package io.dl4jext.batch.schedule;

import io.dl4jext.batch.internal.Checks;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** The sizes in turn, in stages of equal length; a single one is constant. */
final class StagedSchedule extends PrintedSchedule {

    private static final long serialVersionUID = 1L;

    private final int totalEpochs;
    private final int[] sizes;

    @JsonCreator
    StagedSchedule(
            @JsonProperty(value = "totalEpochs", required = true) int totalEpochs,
            @JsonProperty(value = "sizes", required = true) int... sizes) {
        this.totalEpochs = Checks.positive("totalEpochs", totalEpochs);
        if (sizes.length == 0) {
            throw new IllegalArgumentException("Expected at least one batch size, got none");
        }
        for (int i = 0; i < sizes.length; i++) {
            Checks.positive("batch size of stage " + i, sizes[i]);
        }
        this.sizes = sizes.clone();
    }

    @Override
    public int batchSize(int epoch, int iteration) {
        return sizes[stage(epoch, totalEpochs, sizes.length)];
    }

    /** ⌊stages·time/length⌋, kept within the stages. */
    static int stage(int time, int length, int stages) {
        return (int) Math.max(0, Math.min(stages - 1, (long) stages * time / length));
    }

    @Override
    public String toString() {
        return sizes.length == 1
                ? "s" + sizes[0]
                : "staged(epochs=" + totalEpochs + ", sizes="
                        + Arrays.stream(sizes).mapToObj(Integer::toString).collect(Collectors.joining(";")) + ")";
    }
}
