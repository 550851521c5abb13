package io.dl4jext.fisher.chart;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.util.List;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.internal.chartpart.IChart;

/**
 * Panels above each other and one legend at their right.
 *
 * <p>XChart's encoders take an {@link IChart}, which is public though it lies in a package named internal; its SVG
 * encoder takes one only, so the panels are put together here.
 */
final class Picture implements IChart {

    private final List<XYChart> panels;
    private final RunLegend legend;
    private final int width;
    private final int height;

    Picture(List<XYChart> panels, RunLegend legend, int width, int height) {
        this.panels = panels;
        this.legend = legend;
        this.width = width;
        this.height = height;
    }

    /** The file's content. Here, since FisherChart must load without XChart to say that it is missing. */
    byte[] encoded(String format) throws IOException {
        return ChartEncoder.getBytes(this, format);
    }

    @Override
    public void paint(Graphics2D g, int paintedWidth, int paintedHeight) {
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        g.setColor(Color.WHITE);
        g.fill(new Rectangle2D.Double(0, 0, paintedWidth, paintedHeight));
        int panelWidth = paintedWidth - legend.width();
        AffineTransform origin = g.getTransform();
        for (int i = 0; i < panels.size(); i++) {
            int top = paintedHeight * i / panels.size();
            int bottom = paintedHeight * (i + 1) / panels.size();
            g.translate(0, top);
            panels.get(i).paint(g, panelWidth, bottom - top);
            g.setTransform(origin);
        }
        legend.paint(g, panelWidth, 0);
    }

    @Override
    public int getWidth() {
        return width;
    }

    @Override
    public int getHeight() {
        return height;
    }

    @Override
    public String getTitle() {
        return panels.get(0).getTitle();
    }
}
