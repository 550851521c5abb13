package io.dl4jext.experiments.implicit;

import io.dl4jext.experiments.cli.Numbers;
import io.dl4jext.experiments.cli.TextTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The result on one task: a table of losses, the highest stable rates, a picture. */
final class Report {

    /** For below the tables. */
    static final String LEGEND = "Losses: mean +- standard deviation over the seeds of the mean loss over all training"
            + " examples after the last epoch.\n"
            + "Diverged: NaN or infinite. Threshold: the middle between the lowest and the highest mean loss of explicit,\n"
            + "the highest counting as the untrained network's at most. Highest stable rate: from an arm's best rate on,\n"
            + "the last before its mean loss exceeds the threshold (marked !).\n";

    private final Task task;
    private final String settings;
    private final List<LossCurve> curves;
    private final double untrained;

    /** Null without an explicit arm. */
    private final Stability stability;

    /** @param untrained the mean loss before training */
    Report(Task task, String settings, List<Arm> arms, List<Run> runs, double untrained) {
        this.task = task;
        this.settings = settings;
        this.curves = arms.stream().map(arm -> LossCurve.of(arm, runs)).collect(Collectors.toList());
        this.untrained = untrained;
        LossCurve explicit = curve(Arm.EXPLICIT);
        this.stability = explicit == null ? null : Stability.of(explicit, untrained);
    }

    private LossCurve curve(Arm arm) {
        return curves.stream().filter(curve -> curve.arm() == arm).findFirst().orElse(null);
    }

    void draw(Path folder) throws IOException {
        new LossPicture(task.name() + ", " + settings, curves, untrained, stability)
                .writePng(folder.resolve(task.name() + ".png"));
    }

    /** The table and the highest stable rates. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(task.name() + ", " + settings + "\n" + table());
        text.append("untrained network: loss ").append(Numbers.significant(untrained));
        if (stability == null) {
            return text.append("; no stable rates without the arm explicit\n").toString();
        }
        text.append("; threshold of divergence: ")
                .append(Numbers.significant(stability.threshold()))
                .append('\n');
        text.append("highest stable rate: ").append(rates(false));
        String clipped = rates(true);
        if (!clipped.isEmpty()) {
            text.append("; with clipping: ").append(clipped);
        }
        return text.append('\n').toString();
    }

    private String table() {
        String[] header = new String[curves.size() + 1];
        header[0] = "rate";
        for (int c = 0; c < curves.size(); c++) {
            header[c + 1] = curves.get(c).arm().toString();
        }
        TextTable table = new TextTable(header);
        List<Double> rates = curves.stream()
                .flatMap(curve -> curve.points().stream())
                .map(LossCurve.Point::rate)
                .collect(Collectors.toList());
        for (double rate : new TreeSet<>(rates)) {
            String[] row = new String[header.length];
            row[0] = Numbers.plain(rate);
            for (int c = 0; c < curves.size(); c++) {
                row[c + 1] = cell(curves.get(c).at(rate));
            }
            table.row(row);
        }
        return table.toString();
    }

    private String cell(LossCurve.Point point) {
        if (point.diverged() > 0) {
            return "diverged" + (point.count() > 1 ? " " + point.diverged() + " of " + point.count() : "") + " !";
        }
        return Numbers.significant(point.mean())
                + (point.count() > 1 ? " +- " + Numbers.significant(point.deviation()) : "")
                + (stability == null || stability.isStable(point) ? "  " : " !");
    }

    /** The rates of all arms with or without clipping, and how many times the explicit arm's each is. */
    private String rates(boolean clipped) {
        List<String> parts = new ArrayList<>();
        for (LossCurve curve : curves) {
            if (curve.arm().isClipped() == clipped) {
                LossCurve reference = curve(curve.arm().reference());
                boolean compared = reference != null && reference != curve;
                parts.add(
                        curve.arm() + " " + rate(curve) + (compared ? " (ratio " + ratio(reference, curve) + ")" : ""));
            }
        }
        return String.join(", ", parts);
    }

    private String rate(LossCurve curve) {
        double rate = stability.highestStableRate(curve);
        return Double.isNaN(rate) ? "none" : (stability.isOpen(curve) ? ">= " : "") + Numbers.plain(rate);
    }

    private String ratio(LossCurve a, LossCurve b) {
        double ratio = stability.highestStableRate(b) / stability.highestStableRate(a);
        boolean openA = stability.isOpen(a);
        boolean openB = stability.isOpen(b);
        if (Double.isNaN(ratio) || openA && openB) {
            return "unknown" + (openA && openB ? ": both are stable at the highest rate" : "");
        }
        return (openA ? "<= " : openB ? ">= " : "") + Numbers.significant(ratio);
    }
}
