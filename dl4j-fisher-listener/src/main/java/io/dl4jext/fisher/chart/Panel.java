package io.dl4jext.fisher.chart;

import java.awt.Graphics2D;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** A title, two axes and the tracks of some runs: thin paths, marks along them, a large marker at each end. */
final class Panel {

    /** All runs of a panel together get this many points, so that an SVG stays small enough to open. */
    private static final int POINTS_OF_ALL_RUNS = 8_000;

    private static final int MOST_POINTS_OF_A_RUN = 1_000;
    private static final int LEAST_POINTS_OF_A_RUN = 100;
    private static final int MARKS_OF_A_RUN = 7;

    private final String title;
    private final Axis x;
    private final Axis y;
    private final List<Track> tracks;

    /**
     * A panel without a legend.
     *
     * @param title above the panel; may be empty
     * @param tracks none of them empty; if there are none the panel says so
     */
    Panel(String title, Axis x, Axis y, List<Track> tracks) {
        this.title = title;
        this.x = x;
        this.y = y;
        this.tracks = tracks;
    }

    /** Draws it from (0, 0): paths below marks below ends; of each the backdrop lowest, highlighted runs highest. */
    void paint(Graphics2D g, int width, int height) {
        Plot plot = new Plot(tracks.isEmpty() ? (title + "  (no " + y.title + ")").trim() : title, x, y);
        List<Track> rising = tracks.stream()
                .sorted(Comparator.comparingInt(track -> track.style.height()))
                .map(track -> new Track(track.points.thinned(mostPoints(), x, y), track.style))
                .collect(Collectors.toList());
        rising.forEach(track -> plot.path(track.points, track.style));
        rising.forEach(track -> plot.marks(track.points.thinned(MARKS_OF_A_RUN, x, y), track.style::passing));
        rising.forEach(track -> plot.marks(track.points.end(), track.style::end));
        tracks.stream()
                .filter(track -> track.style.backdrop)
                .forEach(track -> plot.marks(track.points.first(), track.style::label));
        plot.paint(g, width, height);
    }

    private int mostPoints() {
        return Math.max(LEAST_POINTS_OF_A_RUN, Math.min(MOST_POINTS_OF_A_RUN, POINTS_OF_ALL_RUNS / tracks.size()));
    }
}
