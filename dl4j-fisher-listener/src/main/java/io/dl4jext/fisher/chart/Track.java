package io.dl4jext.fisher.chart;

/** A run in one panel: where it goes, and how that is drawn. */
final class Track {

    final Points points;
    final RunStyle style;

    Track(Points points, RunStyle style) {
        this.points = points;
        this.style = style;
    }
}
