package io.dl4jext.experiments.evidence.page;

import io.dl4jext.experiments.report.Numbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;

/** Lines over a common axis. */
public final class LinePlot implements Figure {

    private static final double LEFT = 58;
    private static final double RIGHT = 16;
    private static final double BOTTOM = 46;
    private static final double LEGEND_ROW = 20;
    private static final double SHAPE = 0.6;
    private static final double HIGHEST = 360;

    private final String name;
    private final String caption;
    private final String xTitle;
    private final String yTitle;
    private final boolean xLogarithmic;
    private final boolean yLogarithmic;
    private final List<Line> lines = new ArrayList<>();

    private static final class Line {

        final String name;
        final double[] x;
        final double[] y;

        Line(String name, double[] x, double[] y) {
            this.name = name;
            this.x = x;
            this.y = y;
        }
    }

    /** @param name what its file is called */
    public LinePlot(
            String name, String caption, String xTitle, boolean xLogarithmic, String yTitle, boolean yLogarithmic) {
        this.name = name;
        this.caption = caption;
        this.xTitle = xTitle;
        this.xLogarithmic = xLogarithmic;
        this.yTitle = yTitle;
        this.yLogarithmic = yLogarithmic;
    }

    /** Adds a line; values that cannot be drawn leave gaps. */
    public LinePlot line(String of, double[] x, double[] y) {
        lines.add(new Line(of, x.clone(), y.clone()));
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
        return lines.stream().noneMatch(line -> {
            for (int i = 0; i < line.x.length; i++) {
                if (Axis.isDrawable(line.x[i], xLogarithmic) && Axis.isDrawable(line.y[i], yLogarithmic)) {
                    return true;
                }
            }
            return false;
        });
    }

    @Override
    public void draw(Svg svg) {
        double top = legend(svg) + 32;
        double high = Math.min(HIGHEST, SHAPE * svg.width());
        svg.height(top + high + BOTTOM);
        Axis x = new Axis(all(line -> line.x), xLogarithmic, LEFT, svg.width() - RIGHT);
        if (xLogarithmic) {
            x.ticksAt(Arrays.stream(all(line -> line.x)).distinct().sorted().toArray());
        }
        Axis y = new Axis(all(line -> line.y), yLogarithmic, top + high, top);
        svg.text("title", "start", 4, top - 12, yTitle);
        svg.text("title", "end", svg.width() - RIGHT, top + high + BOTTOM - 8, xTitle);
        for (double tick : y.ticks(6)) {
            svg.line("grid", LEFT, y.at(tick), svg.width() - RIGHT, y.at(tick));
            svg.text("tick", "end", LEFT - 7, y.at(tick) + 4, Axis.label(tick));
        }
        for (double tick : x.ticks(svg.width() / 70)) {
            svg.line("mark", x.at(tick), top + high, x.at(tick), top + high + 5);
            svg.text("tick", "middle", x.at(tick), top + high + 19, Axis.label(tick));
        }
        svg.line("axis", LEFT, top + high, svg.width() - RIGHT, top + high);
        for (int i = 0; i < lines.size(); i++) {
            draw(svg, i, x, y);
        }
    }

    private interface Values {
        double[] of(Line line);
    }

    private double[] all(Values values) {
        return lines.stream()
                .flatMapToDouble(line -> DoubleStream.of(values.of(line)))
                .toArray();
    }

    /** @return how high it is */
    private double legend(Svg svg) {
        double x = 4;
        double y = 16;
        for (int i = 0; i < lines.size(); i++) {
            double width = 26 + Svg.widthOf(lines.get(i).name) + 14;
            if (x > 4 && x + width > svg.width()) {
                x = 4;
                y += LEGEND_ROW;
            }
            svg.path(i, new double[] {x, x + 20}, new double[] {y - 4, y - 4});
            svg.text("legend", "start", x + 26, y, lines.get(i).name);
            x += width;
        }
        return y + 4;
    }

    private void draw(Svg svg, int number, Axis x, Axis y) {
        Line line = lines.get(number);
        List<double[]> run = new ArrayList<>();
        for (int i = 0; i <= line.x.length; i++) {
            if (i < line.x.length && x.isDrawable(line.x[i]) && y.isDrawable(line.y[i])) {
                run.add(new double[] {x.at(line.x[i]), y.at(line.y[i]), i});
            } else if (!run.isEmpty()) {
                svg.path(
                        number,
                        run.stream().mapToDouble(point -> point[0]).toArray(),
                        run.stream().mapToDouble(point -> point[1]).toArray());
                for (double[] point : run) {
                    int at = (int) point[2];
                    svg.dot(
                            number,
                            false,
                            point[0],
                            point[1],
                            line.name + ": " + Axis.label(line.x[at]) + ", " + Numbers.significant(line.y[at]));
                }
                run.clear();
            }
        }
    }
}
