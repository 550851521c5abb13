package io.dl4jext.experiments.evidence.page;

import java.util.Locale;

/**
 * A picture in SVG. Colours are the page's, so that it is light or dark as the page is; values show where the pointer
 * rests.
 */
public final class Svg {

    /** How many different colours there are. */
    static final int COLOURS = 7;

    private static final double CHARACTER = 7.9;

    private final int width;
    private final StringBuilder shapes = new StringBuilder();
    private int height;

    Svg(int width) {
        this.width = width;
    }

    int width() {
        return width;
    }

    void height(double pixels) {
        height = (int) Math.ceil(pixels);
    }

    /** About how wide a text is. */
    static double widthOf(String text) {
        return CHARACTER
                * text.codePoints()
                        .filter(c -> Character.getType(c) != Character.NON_SPACING_MARK)
                        .count();
    }

    void line(String kind, double x1, double y1, double x2, double y2) {
        shapes.append(String.format(
                Locale.ROOT,
                "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n",
                kind,
                x1,
                y1,
                x2,
                y2));
    }

    /** A line through points, in the number-th colour; a second kind, dashed, once all colours are used. */
    void path(int number, double[] x, double[] y) {
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < x.length; i++) {
            points.append(String.format(Locale.ROOT, "%s%.1f,%.1f", i == 0 ? "" : " ", x[i], y[i]));
        }
        shapes.append("<polyline class=\"path " + colour(number) + (number / COLOURS % 2 == 1 ? " dashed" : "")
                + "\" points=\"" + points + "\"/>\n");
    }

    /** A mark with what is said of it where the pointer rests. */
    void dot(int number, boolean hollow, double x, double y, String said) {
        shapes.append(String.format(
                        Locale.ROOT,
                        "<circle class=\"%s %s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%s\">",
                        hollow ? "ring" : "dot",
                        colour(number),
                        x,
                        y,
                        hollow ? "5" : "4"))
                .append("<title>")
                .append(Html.text(said))
                .append("</title></circle>\n");
    }

    /** @param anchor start, middle or end */
    void text(String kind, String anchor, double x, double y, String text) {
        shapes.append(String.format(
                        Locale.ROOT,
                        "<text class=\"%s\" text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">",
                        kind,
                        anchor,
                        x,
                        y))
                .append(Html.text(text))
                .append("</text>\n");
    }

    private static String colour(int number) {
        return "c" + number % COLOURS;
    }

    /** For a page that has the colours. */
    String inline(String label) {
        return "<svg role=\"img\" aria-label=\"" + Html.text(label) + "\" " + size() + ">\n" + shapes + "</svg>\n";
    }

    /** As a file of its own. */
    String file(String label, String style) {
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"" + Html.text(label) + "\" "
                + size()
                + ">\n<style>\n" + style + "</style>\n<rect class=\"ground\" width=\"" + width + "\" height=\"" + height
                + "\"/>\n" + shapes + "</svg>\n";
    }

    private String size() {
        return "width=\"" + width + "\" height=\"" + height + "\" viewBox=\"0 0 " + width + " " + height + "\"";
    }
}
