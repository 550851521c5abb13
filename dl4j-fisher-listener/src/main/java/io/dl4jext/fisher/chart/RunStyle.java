package io.dl4jext.fisher.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.font.FontRenderContext;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Colour, marker and line of one run.
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

    private static final Marker[] MARKERS = {
        SeriesMarkers.CIRCLE,
        SeriesMarkers.SQUARE,
        SeriesMarkers.DIAMOND,
        SeriesMarkers.TRIANGLE_UP,
        SeriesMarkers.TRIANGLE_DOWN
    };

    private static final int SMALLEST = 4;
    private static final int SMALL = 6;
    private static final int LARGE = 11;
    private static final Color BACKDROP = new Color(0x707070);

    final Color color;
    final Marker shape;
    final boolean highlighted;

    /** Whether it is drawn dotted below the others, with its name beside it. */
    final boolean backdrop;

    private RunStyle(Color color, Marker shape, boolean highlighted, boolean backdrop) {
        this.color = color;
        this.shape = shape;
        this.highlighted = highlighted;
        this.backdrop = backdrop;
    }

    /** The style of all runs of the backdrop. */
    static RunStyle backdrop(boolean highlighted) {
        return new RunStyle(BACKDROP, SeriesMarkers.CIRCLE, highlighted, true);
    }

    /** The style of run number {@code index}, from 0. */
    static RunStyle of(int index, boolean highlighted) {
        return new RunStyle(COLORS[index % COLORS.length], MARKERS[index % MARKERS.length], highlighted, false);
    }

    BasicStroke stroke() {
        if (backdrop) {
            float[] dots = {1f, 4f};
            return new BasicStroke(
                    highlighted ? 3f : 1.8f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND, 1f, dots, 0f);
        }
        return new BasicStroke(highlighted ? 3f : 1.5f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    }

    /** The small marker along a path. */
    Marker passing() {
        return new Sized(shape, backdrop ? SMALLEST : SMALL, false);
    }

    /** The large marker at a path's end; a highlighted run's has a ring around it. */
    Marker end() {
        return new Sized(shape, backdrop ? SMALL : LARGE, highlighted);
    }

    /** A name where a marker would stand: below its point. */
    Marker label(String name) {
        return new Label(name);
    }

    private static final class Label extends Marker {

        private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
        private static final FontRenderContext MEASURE = new FontRenderContext(null, true, true);
        private static final Color VEIL = new Color(255, 255, 255, 200);
        private static final int BELOW = 16;
        private static final int HEIGHT = 10;

        private final String name;

        Label(String name) {
            this.name = name;
        }

        @Override
        public void paint(Graphics2D g, double x, double y, int ignored) {
            double width = FONT.getStringBounds(name, MEASURE).getWidth();
            Color color = g.getColor();
            g.setColor(VEIL);
            g.fill(new Rectangle2D.Double(x - width / 2 - 2, y + BELOW - HEIGHT, width + 4, HEIGHT + 2));
            g.setColor(color);
            g.setFont(FONT);
            g.drawString(name, (float) (x - width / 2), (float) (y + BELOW));
        }
    }

    /** XChart has one marker size for a whole chart; this one has its own. */
    private static final class Sized extends Marker {

        private final Marker shape;
        private final int size;
        private final boolean ring;

        Sized(Marker shape, int size, boolean ring) {
            this.shape = shape;
            this.size = size;
            this.ring = ring;
        }

        @Override
        public void paint(Graphics2D g, double x, double y, int ignored) {
            Color color = g.getColor();
            if (size == LARGE) {
                g.setColor(Color.WHITE);
                shape.paint(g, x, y, size + 3);
                g.setColor(color);
            }
            shape.paint(g, x, y, size);
            if (ring) {
                double radius = Math.max(size, LARGE);
                g.setColor(Color.DARK_GRAY);
                g.setStroke(new BasicStroke(1.8f));
                g.draw(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
                g.setColor(color);
            }
        }
    }
}
