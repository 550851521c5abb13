package io.dl4jext.fisher.chart;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Rectangle2D;
import java.util.List;

/** Panels above each other and one legend at their right. */
final class Picture {

    final int width;
    final int height;
    private final List<Panel> panels;
    private final RunLegend legend;

    Picture(int width, int height, List<Panel> panels, List<RunStyle> legend) {
        this.width = width;
        this.height = height;
        this.panels = panels;
        this.legend = new RunLegend(legend, width, height);
    }

    void paint(Graphics2D g) {
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        g.setColor(Color.WHITE);
        g.fill(new Rectangle2D.Double(0, 0, width, height));
        int panelWidth = width - legend.width();
        AffineTransform origin = g.getTransform();
        for (int i = 0; i < panels.size(); i++) {
            int top = height * i / panels.size();
            int bottom = height * (i + 1) / panels.size();
            g.translate(0, top);
            panels.get(i).paint(g, panelWidth, bottom - top);
            g.setTransform(origin);
        }
        legend.paint(g, panelWidth, 0);
    }
}
