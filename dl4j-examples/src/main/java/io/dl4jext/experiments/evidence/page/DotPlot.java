package io.dl4jext.experiments.evidence.page;

import io.dl4jext.experiments.report.Numbers;
import java.util.ArrayList;
import java.util.List;

/** A row for each setting: what was measured here with an interval, and what a paper has. */
public final class DotPlot implements Figure {

    private static final double RIGHT = 20;
    private static final double TOP = 34;
    private static final double BOTTOM = 48;
    private static final double ROW = 24;
    private static final double LABEL = 17;

    /** Beside a label that stands above its row. */
    private static final double EDGE = 4;

    private static final double WIDEST_LABEL = 0.38;

    private static final int HERE = 0;
    private static final int PAPER = 1;

    private final String name;
    private final String caption;
    private final String title;
    private final List<Row> rows = new ArrayList<>();
    private double reference = Double.NaN;

    private static final class Row {

        final String label;
        final double here;
        final double low;
        final double high;
        final double paper;

        Row(String label, double here, double low, double high, double paper) {
            this.label = label;
            this.here = here;
            this.low = low;
            this.high = high;
            this.paper = paper;
        }
    }

    /**
     * A plot.
     *
     * @param name what its file is called
     * @param title of the axis
     */
    public DotPlot(String name, String caption, String title) {
        this.name = name;
        this.caption = caption;
        this.title = title;
    }

    /**
     * Adds a row.
     *
     * @param here NaN if it was not measured
     * @param halfWidth of the interval around it; NaN for none
     * @param paper NaN where the paper has no number
     */
    public DotPlot row(String label, double here, double halfWidth, double paper) {
        return row(label, here, here - halfWidth, here + halfWidth, paper);
    }

    /**
     * Adds a row whose interval need not be as wide on both sides, as that of a geometric mean.
     *
     * @param low the interval's lower end; NaN for none
     * @param high its upper end
     */
    public DotPlot row(String label, double here, double low, double high, double paper) {
        rows.add(new Row(label, here, low, high, paper));
        return this;
    }

    /** Draws a line at a value to compare with. */
    public DotPlot reference(double value) {
        reference = value;
        return this;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String caption() {
        return caption;
    }

    @Override
    public boolean isEmpty() {
        return rows.stream().noneMatch(row -> Double.isFinite(row.here));
    }

    @Override
    public void draw(Svg svg) {
        double widest =
                rows.stream().mapToDouble(row -> Svg.widthOf(row.label)).max().orElse(0) + 14;
        boolean above = widest > WIDEST_LABEL * svg.width();
        double left = above ? 20 : widest;
        double right = svg.width() - RIGHT;
        List<List<String>> labels = new ArrayList<>();
        double bottom = TOP;
        for (Row row : rows) {
            List<String> lines = above ? lines(row.label, svg.width() - 2 * EDGE) : List.of(row.label);
            labels.add(lines);
            bottom += ROW + (above ? lines.size() * LABEL : 0);
        }
        svg.height(bottom + BOTTOM);
        Axis axis = new Axis(values(), false, left, right);
        for (double tick : axis.ticks((int) ((svg.width() - left) / 75))) {
            svg.line("grid", axis.at(tick), TOP, axis.at(tick), bottom);
            svg.text("tick", "middle", axis.at(tick), bottom + 18, Axis.label(tick));
        }
        svg.line("axis", left, bottom, right, bottom);
        svg.text("title", "end", right, bottom + BOTTOM - 8, title);
        if (Double.isFinite(reference)) {
            svg.line("reference", axis.at(reference), TOP, axis.at(reference), bottom);
        }
        legend(svg);
        double y = TOP;
        for (int i = 0; i < rows.size(); i++) {
            if (above) {
                for (String line : labels.get(i)) {
                    y += LABEL;
                    svg.text("label", "start", EDGE, y - 2, line);
                }
            } else {
                svg.text("label", "end", left - 12, y + ROW / 2 + 4, rows.get(i).label);
            }
            draw(svg, rows.get(i), axis, y + ROW / 2);
            y += ROW;
        }
    }

    /** A label that is too wide in as few lines as it takes, broken after its commas. */
    private static List<String> lines(String label, double width) {
        List<String> lines = new ArrayList<>();
        String line = "";
        for (String part : label.split("(?<=, )")) {
            if (!line.isEmpty() && Svg.widthOf((line + part).strip()) > width) {
                lines.add(line.strip());
                line = "";
            }
            line += part;
        }
        lines.add(line.strip());
        return lines;
    }

    private double[] values() {
        List<Double> values = new ArrayList<>();
        for (Row row : rows) {
            values.add(row.here);
            values.add(row.paper);
            values.add(row.low);
            values.add(row.high);
        }
        values.add(reference);
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private void legend(Svg svg) {
        svg.dot(HERE, false, 10, 14, "measured here");
        svg.text("legend", "start", 20, 18, "here, 95 % interval of the mean");
        if (rows.stream().anyMatch(row -> Double.isFinite(row.paper))) {
            double x = 34 + Svg.widthOf("here, 95 % interval of the mean");
            svg.dot(PAPER, true, x, 14, "in the paper");
            svg.text("legend", "start", x + 10, 18, "paper");
        }
    }

    private static void draw(Svg svg, Row row, Axis axis, double y) {
        if (Double.isFinite(row.here)) {
            if (Double.isFinite(row.low) && Double.isFinite(row.high)) {
                svg.line("interval", axis.at(row.low), y, axis.at(row.high), y);
            }
            svg.dot(HERE, false, axis.at(row.here), y, row.label + ": " + Numbers.significant(row.here));
        }
        if (Double.isFinite(row.paper)) {
            svg.dot(PAPER, true, axis.at(row.paper), y, row.label + ", paper: " + Numbers.significant(row.paper));
        }
    }
}
