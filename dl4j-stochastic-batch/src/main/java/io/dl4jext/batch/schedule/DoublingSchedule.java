package io.dl4jext.batch.schedule;

import io.dl4jext.batch.internal.Checks;
import io.dl4jext.batch.internal.Settings;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonIgnore;

/** Sizes that double or halve over stages of equal length, over the training or within each learning-rate step. */
final class DoublingSchedule extends PrintedSchedule {

    static final int PAPER_STAGES = 5;

    private static final long serialVersionUID = 1L;

    private final int from;
    private final int to;
    private final int stages;
    private final int totalEpochs;
    private final boolean multiStep;
    /** As given, for printing; the paper's when empty. */
    private final int[] milestones;

    @JsonIgnore
    private final int[] sizes;
    /** Where the sequence begins anew: 0, the milestones, totalEpochs. */
    @JsonIgnore
    private final int[] borders;

    DoublingSchedule(int from, int to, int stages, int totalEpochs, boolean multiStep, int... milestones) {
        this.from = Checks.positive("first batch size", from);
        this.to = Checks.positive("last batch size", to);
        this.stages = Checks.positive("stages", stages);
        this.totalEpochs = Checks.positive("totalEpochs", totalEpochs);
        this.multiStep = multiStep;
        this.milestones = requireIncreasing(milestones);
        this.sizes = sizes(from, to, stages);
        if (!multiStep && milestones.length > 0) {
            throw new IllegalArgumentException(
                    "Expected milestones with -MS only, got " + Arrays.toString(milestones) + " for " + name());
        }
        if (milestones.length > 0 && milestones[milestones.length - 1] >= totalEpochs) {
            throw new IllegalArgumentException("Expected milestones below the total of " + totalEpochs + " epochs, got "
                    + Arrays.toString(milestones));
        }
        this.borders = borders();
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private static DoublingSchedule of(Settings json) {
        DoublingSchedule read = new DoublingSchedule(
                json.count("from"),
                json.count("to"),
                json.count("stages"),
                json.count("totalEpochs"),
                json.flag("multiStep"),
                json.counts("milestones"));
        json.end();
        return read;
    }

    private static int[] sizes(int from, int to, int stages) {
        int small = Math.min(from, to);
        int large = Math.max(from, to);
        int ratio = large / small;
        if (large % small != 0 || Integer.bitCount(ratio) != 1) {
            throw new IllegalArgumentException(
                    "Expected sizes of which one is the other times a power of two, got " + from + " and " + to);
        }
        int count = Integer.numberOfTrailingZeros(ratio) + 1;
        if (count > stages) {
            throw new IllegalArgumentException("Expected at most as many sizes as stages, got " + count
                    + " sizes from " + from + " to " + to + " for " + stages
                    + " stages; give more stages: BatchSchedule.doubling(" + from + ", " + to + ", " + count
                    + ", totalEpochs)");
        }
        return IntStream.range(0, count)
                .map(i -> from <= to ? from << i : from >> i)
                .toArray();
    }

    private int[] borders() {
        int[] inner = milestones;
        if (multiStep && milestones.length == 0) {
            inner = new int[] {totalEpochs / 2 + totalEpochs % 2, (int) ((3L * totalEpochs + 3) / 4)};
        }
        return IntStream.concat(IntStream.of(0, totalEpochs), multiStep ? Arrays.stream(inner) : IntStream.empty())
                .sorted()
                .distinct()
                .toArray();
    }

    @Override
    public int batchSize(int epoch, int iteration) {
        int step = borders.length - 2;
        while (step > 0 && epoch < borders[step]) {
            step--;
        }
        int stage = StagedSchedule.stage(epoch - borders[step], borders[step + 1] - borders[step], stages);
        return sizes[stage * sizes.length / stages];
    }

    private String name() {
        return "s" + from + "-to-" + to + (multiStep ? "-MS" : "");
    }

    @Override
    public String toString() {
        String inMilestones = milestones.length == 0
                ? ""
                : ", milestones="
                        + Arrays.stream(milestones).mapToObj(Integer::toString).collect(Collectors.joining(";"));
        return name() + "(epochs=" + totalEpochs + (stages == PAPER_STAGES ? "" : ", stages=" + stages) + inMilestones
                + ")";
    }
}
