package io.dl4jext.fisher.chart;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.util.List;

/**
 * The names of the runs in one or more columns, each beside its line and marker; highlighted ones in bold.
 *
 * <p>XChart's own legend would stand in every panel, does not break into columns, and draws names as outlines: in an
 * SVG they could be neither searched nor copied.
 */
final class RunLegend {

    private static final int ROW = 22;
    private static final int SAMPLE = 30;
    private static final int GAP = 8;
    private static final int MARGIN = 12;

    /** Names get at most this share of the picture. */
    private static final double MOST_OF_WIDTH = 0.45;

    private static final Font PLAIN = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    private static final Font BOLD = PLAIN.deriveFont(Font.BOLD);

    private final List<RunStyle> runs;
    private final int rows;
    private final int columnWidth;
    private final int columns;

    RunLegend(List<RunStyle> runs, int pictureWidth, int pictureHeight) {
        this.runs = runs;
        this.rows = Math.max(1, (pictureHeight - 2 * MARGIN) / ROW);
        this.columns = Math.max(1, (runs.size() + rows - 1) / rows);
        double widest = runs.stream()
                .mapToDouble(run -> RunStyle.width(run.name, font(run)))
                .max()
                .orElse(0);
        int wanted = (int) Math.ceil(widest) + SAMPLE + 2 * GAP;
        this.columnWidth = Math.min(wanted, (int) (MOST_OF_WIDTH * pictureWidth) / columns);
    }

    int width() {
        return columns * columnWidth + MARGIN;
    }

    /** Draws the legend with its left upper corner at (left, top). */
    void paint(Graphics2D g, int left, int top) {
        for (int i = 0; i < runs.size(); i++) {
            RunStyle run = runs.get(i);
            double x = left + i / rows * columnWidth;
            double y = top + MARGIN + i % rows * ROW + ROW / 2.0;
            g.setColor(run.color);
            g.setStroke(run.stroke());
            g.draw(new Line2D.Double(x + 2, y, x + SAMPLE - 2, y));
            run.end(g, x + SAMPLE / 2.0, y);
            g.setColor(Color.BLACK);
            g.setFont(font(run));
            g.drawString(fitting(run.name, font(run)), (float) (x + SAMPLE + GAP / 2.0), (float) (y + 4.5));
        }
    }

    private static Font font(RunStyle run) {
        return run.highlighted ? BOLD : PLAIN;
    }

    /** The name, or its beginning and "..." where the column is too narrow for it. */
    private String fitting(String name, Font font) {
        double room = columnWidth - SAMPLE - GAP;
        String shown = name;
        for (int length = name.length(); length > 0 && RunStyle.width(shown, font) > room; length--) {
            shown = name.substring(0, length) + "...";
        }
        return shown;
    }
}
