package io.dl4jext.batch.schedule;

import io.dl4jext.batch.internal.Checks;
import io.dl4jext.batch.internal.Settings;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.nd4j.shade.jackson.annotation.JsonCreator;

/** The sizes in turn, in stages of equal length; a single one is constant. */
final class StagedSchedule extends PrintedSchedule {

    private static final long serialVersionUID = 1L;

    private final int totalEpochs;
    private final int[] sizes;

    StagedSchedule(int totalEpochs, int... sizes) {
        this.totalEpochs = Checks.positive("totalEpochs", totalEpochs);
        if (sizes.length == 0) {
            throw new IllegalArgumentException("Expected at least one batch size, got none");
        }
        for (int i = 0; i < sizes.length; i++) {
            Checks.positive("batch size of stage " + i, sizes[i]);
        }
        this.sizes = sizes.clone();
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static StagedSchedule of(Settings json) {
        StagedSchedule read = new StagedSchedule(json.count("totalEpochs"), json.counts("sizes"));
        json.end();
        return read;
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
