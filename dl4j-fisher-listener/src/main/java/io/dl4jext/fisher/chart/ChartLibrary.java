package io.dl4jext.fisher.chart;

/** XChart, an optional dependency: only who draws has it. Says what to add where it is missing. */
final class ChartLibrary {

    /** Coordinates of XChart. */
    static final String XCHART = "org.knowm.xchart:xchart:4.0.3";

    /** Coordinates of what XChart writes SVG with, optional there, too. */
    static final String SVG = "de.erichseifert.vectorgraphics2d:VectorGraphics2D:0.13";

    private ChartLibrary() {}

    /** Refuses to go on without XChart. */
    static void require() {
        require("Charts", XCHART, "org/knowm/xchart/XYChart.class");
    }

    /** Refuses to go on without what SVG needs. */
    static void requireSvg() {
        require("Charts in SVG", SVG, "de/erichseifert/vectorgraphics2d/VectorGraphics2D.class");
    }

    private static void require(String what, String coordinates, String resource) {
        if (ChartLibrary.class.getClassLoader().getResource(resource) == null) {
            throw new IllegalStateException(what + " need the library " + coordinates
                    + ", which is not on the class path: it is an optional dependency of dl4j-fisher-listener. Add it to your"
                    + " project, in Maven " + dependency(coordinates));
        }
    }

    private static String dependency(String coordinates) {
        String[] parts = coordinates.split(":");
        return "<dependency><groupId>" + parts[0] + "</groupId><artifactId>" + parts[1] + "</artifactId><version>"
                + parts[2] + "</version></dependency>";
    }
}
