package io.dl4jext.fisher.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.font.FontRenderContext;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;

/**
 * Name, colour, marker and line of one run.
 *
 * <p>Seven colours (Okabe and Ito's palette for the colour-blind, without its yellow, which is too pale on white)
 * and five markers: 7 and 5 have no common divisor, so 35 runs in a row differ in one of the two.
 */
final class RunStyle {

    private static final Color[] COLORS = {
        new Color(0x0072B2),
        new Color(0xD55E00),
        new Color(0x009E73),
        new Color(0xCC79A7),
        new Color(0xE69F00),
        new Color(0x56B4E9),
        new Color(0x000000)
    };

    private static final Color BACKDROP = new Color(0x707070);
    private static final Color VEIL = new Color(255, 255, 255, 200);
    private static final int SMALLEST = 4;
    private static final int SMALL = 6;
    private static final int LARGE = 11;

    private static final Font LABEL = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
    private static final int LABEL_BELOW = 16;
    private static final int LABEL_HEIGHT = 10;

    /** Widths are measured without a screen or a file in mind: PNG and SVG get the same layout. */
    private static final FontRenderContext MEASURE = new FontRenderContext(null, true, true);

    final String name;
    final Color color;

    /** One of {@link Plot}'s. */
    final int outline;

    final boolean highlighted;

    /** Whether it is drawn dotted below the others, with its name beside it. */
    final boolean backdrop;

    private RunStyle(String name, Color color, int outline, boolean highlighted, boolean backdrop) {
        this.name = name;
        this.color = color;
        this.outline = outline;
        this.highlighted = highlighted;
        this.backdrop = backdrop;
    }

    /** The style of any run of the backdrop. */
    static RunStyle backdrop(String name, boolean highlighted) {
        return new RunStyle(name, BACKDROP, 0, highlighted, true);
    }

    /** The style of run number {@code index}, from 0. */
    static RunStyle of(String name, int index, boolean highlighted) {
        return new RunStyle(name, COLORS[index % COLORS.length], index % Plot.OUTLINES, highlighted, false);
    }

    /** The same look under another name. */
    RunStyle named(String other) {
        return new RunStyle(other, color, outline, highlighted, backdrop);
    }

    /** The backdrop lies lowest, highlighted runs highest. */
    int height() {
        return (backdrop ? 0 : 2) + (highlighted ? 1 : 0);
    }

    BasicStroke stroke() {
        float[] dots = backdrop ? new float[] {1f, 4f} : null;
        float width = highlighted ? 3f : backdrop ? 1.8f : 1.5f;
        return new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND, backdrop ? 1f : 10f, dots, 0f);
    }

    /** The small marker along a path. */
    void passing(Graphics2D g, double x, double y) {
        g.setColor(color);
        Plot.fill(g, outline, x, y, backdrop ? SMALLEST : SMALL);
    }

    /** The large marker at a path's end; a highlighted run's has a ring around it. */
    void end(Graphics2D g, double x, double y) {
        if (!backdrop) {
            g.setColor(Color.WHITE);
            Plot.fill(g, outline, x, y, LARGE + 3);
        }
        g.setColor(color);
        Plot.fill(g, outline, x, y, backdrop ? SMALL : LARGE);
        if (highlighted) {
            g.setColor(Color.DARK_GRAY);
            g.setStroke(new BasicStroke(1.8f));
            g.draw(new Ellipse2D.Double(x - LARGE, y - LARGE, 2 * LARGE, 2 * LARGE));
        }
    }

    /** The name, below its point. */
    void label(Graphics2D g, double x, double y) {
        double width = width(name, LABEL);
        g.setColor(VEIL);
        g.fill(new Rectangle2D.Double(x - width / 2 - 2, y + LABEL_BELOW - LABEL_HEIGHT, width + 4, LABEL_HEIGHT + 2));
        g.setColor(color);
        g.setFont(LABEL);
        g.drawString(name, (float) (x - width / 2), (float) (y + LABEL_BELOW));
    }

    static double width(String text, Font font) {
        return font.getStringBounds(text, MEASURE).getWidth();
    }
}
