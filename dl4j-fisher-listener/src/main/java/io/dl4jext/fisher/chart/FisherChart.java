package io.dl4jext.fisher.chart;

import io.dl4jext.fisher.FisherHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * A picture of one or more training runs, as PNG or SVG.
 *
 * <p>Two kinds:
 *
 * <ul>
 *   <li>{@link #overIterations()}: the mean condition number C̄_K above and the cumulative energy L_K below, both on
 *       logarithmic axes, over the network's iterations;
 *   <li>{@link #plane()}: the plane of C̄_K (across) and L_K (up) on logarithmic axes. Each run is a path from its
 *       first measurement to its last, where its large marker stands.
 * </ul>
 *
 * <pre>{@code
 * FisherChart.plane()
 *         .add("s32-lr0.1", listener32.history())
 *         .add("s64-lr0.1", listener64.history())
 *         .highlight("s32-lr0.1")
 *         .build()
 *         .writePng(Path.of("plane.png"));
 * }</pre>
 *
 * <p>What a logarithmic axis cannot show (zero, negative, NaN and infinite values) is left out, never drawn at the
 * axis' end. A run of which nothing is left stays in the legend as "name (no data)". At most 1,000 points of a run are
 * drawn (fewer where there are many runs), chosen along its path so that its shape stays. Colours are fit for the
 * colour-blind; colour and marker together tell 35 runs apart.
 *
 * <p>Needs XChart, an optional dependency of this module, and for SVG VectorGraphics2D. Immutable. Needs no screen. On
 * one machine the same runs give the same bytes; fonts differ from machine to machine.
 */
public final class FisherChart {

    private final Picture picture;

    private FisherChart(Picture picture) {
        this.picture = picture;
    }

    /**
     * C̄_K and L_K over iterations.
     *
     * @throws IllegalStateException without XChart on the class path; the message names what to add
     */
    public static Builder overIterations() {
        ChartLibrary.require();
        return new Builder(
                "Condition and energy over iterations", Quantity.ITERATION, Quantity.CONDITION, Quantity.ENERGY);
    }

    /**
     * The (C̄_K, L_K) plane.
     *
     * @throws IllegalStateException without XChart on the class path; the message names what to add
     */
    public static Builder plane() {
        ChartLibrary.require();
        return new Builder("Condition and energy", Quantity.CONDITION, Quantity.ENERGY);
    }

    /**
     * Writes the picture as PNG. A file of that name is replaced; missing folders are made.
     *
     * @param path the file, with any ending
     * @throws IOException if it cannot be written; nothing is written when drawing itself fails
     */
    public void writePng(Path path) throws IOException {
        write(path, "png");
    }

    /**
     * Writes the picture as SVG; the names in the legend are text. A file of that name is replaced; missing folders
     * are made.
     *
     * @param path the file, with any ending
     * @throws IOException if it cannot be written; nothing is written when drawing itself fails
     * @throws IllegalStateException without VectorGraphics2D on the class path; the message names what to add
     */
    public void writeSvg(Path path) throws IOException {
        ChartLibrary.requireSvg();
        write(path, "svg");
    }

    private void write(Path path, String format) throws IOException {
        byte[] bytes = Plot.encoded(picture, format);
        Path folder = path.toAbsolutePath().getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            Files.createDirectories(folder);
        }
        Files.write(path, bytes);
    }

    /** Collects the runs of a {@link FisherChart}; everything is checked in {@link #build()}. */
    public static final class Builder {

        private static final int LEAST_SIDE = 200;
        private static final int MOST_SIDE = 10_000;

        private final Quantity across;
        private final List<Quantity> up;
        private final List<Run> runs = new ArrayList<>();
        private final Set<String> highlighted = new LinkedHashSet<>();
        private final Set<String> backdrop = new LinkedHashSet<>();
        private double[] shares = {};
        private String title;
        private int width = 1000;
        private int height = 700;

        /** A panel for each of {@code up}, above each other. */
        private Builder(String title, Quantity across, Quantity... up) {
            this.title = title;
            this.across = across;
            this.up = List.of(up);
        }

        /**
         * Adds a run; the legend keeps the order.
         *
         * @param name its name, unlike those of the other runs
         * @param history its measurements so far
         */
        public Builder add(String name, FisherHistory history) {
            Objects.requireNonNull(name, "name");
            return add(Run.of(name, Objects.requireNonNull(history, () -> "history of run '" + name + "'")));
        }

        /**
         * Adds runs in the map's order.
         *
         * @param histories name to measurements
         */
        public Builder addAll(Map<String, FisherHistory> histories) {
            Objects.requireNonNull(histories, "histories").forEach(this::add);
            return this;
        }

        Builder add(Run run) {
            runs.add(run);
            return this;
        }

        /**
         * Makes runs stand out, such as the best ones: bold name, thick path, a ring around the end. Default: none.
         *
         * @param names names of added runs
         */
        public Builder highlight(String... names) {
            return highlight(Arrays.asList(names));
        }

        /**
         * As {@link #highlight(String...)}.
         *
         * @param names names of added runs
         */
        public Builder highlight(Collection<String> names) {
            highlighted.addAll(Objects.requireNonNull(names, "names"));
            return this;
        }

        /**
         * Draws runs as a backdrop for the others to be seen against, such as the beacons of Liao et al. (2018), Fig.
         * 5: dotted and grey, the name at the first point that is drawn, not in the legend. Default: none.
         *
         * @param names names of added runs
         */
        public Builder backdrop(Collection<String> names) {
            backdrop.addAll(Objects.requireNonNull(names, "names"));
            return this;
        }

        /**
         * Draws of each run only where it stood after these shares of its examples (at the last measurement before),
         * joined by straight lines: 0.05, 0.2, 0.4, 0.6, 0.8, 1 in Liao et al. (2018), Fig. 5. Default: every
         * measurement.
         *
         * @param shares more than 0 and at most 1, ascending
         */
        public Builder after(double... shares) {
            this.shares = Objects.requireNonNull(shares, "shares").clone();
            return this;
        }

        /**
         * The text above the picture. Default: what is drawn.
         *
         * @param text a short line; "" for none
         */
        public Builder title(String text) {
            this.title = Objects.requireNonNull(text, "text");
            return this;
        }

        /**
         * The picture's size. Default: 1000 × 700.
         *
         * @param width pixels, 200 to 10,000
         * @param height pixels, 200 to 10,000
         */
        public Builder size(int width, int height) {
            this.width = width;
            this.height = height;
            return this;
        }

        /**
         * The chart of the runs added so far.
         *
         * @throws IllegalArgumentException if two runs have one name, a name to highlight or for the backdrop is none
         *     of a run, shares do not ascend from above 0 to 1, or a side is too short or too long; the message lists
         *     all such faults
         * @throws IllegalStateException if there is nothing to draw: no run, or no run with a drawable point
         */
        public FisherChart build() {
            List<String> faults = faults();
            if (!faults.isEmpty()) {
                throw new IllegalArgumentException("Chart: " + String.join("; ", faults));
            }
            Map<Run, RunStyle> styles = styles();
            Map<Quantity, List<Track>> tracks = new EnumMap<>(Quantity.class);
            up.forEach(quantity -> tracks.put(quantity, tracks(styles, quantity)));
            List<Track> all = tracks.values().stream().flatMap(List::stream).collect(Collectors.toList());
            if (all.isEmpty()) {
                throw new IllegalStateException("Nothing to draw: expected at least one run with a positive, finite "
                        + (up.size() > 1 ? "C_K or L_K" : "C_K and L_K")
                        + ", got "
                        + (runs.isEmpty() ? "no run" : "none in " + names()));
            }
            List<Panel> panels = new ArrayList<>();
            for (Quantity quantity : up) {
                boolean highest = panels.isEmpty();
                boolean lowest = panels.size() == up.size() - 1;
                // One range across for all panels, so that they can be read from top to bottom.
                Axis x = Axis.around(lowest ? across.title : "", across.scale, values(all, points -> points.x));
                Axis y = Axis.around(quantity.title, quantity.scale, values(tracks.get(quantity), points -> points.y));
                panels.add(new Panel(highest ? title : "", x, y, tracks.get(quantity)));
            }
            return new FisherChart(new Picture(width, height, panels, legend(styles.values(), all)));
        }

        /** What is drawn of each run, and how. */
        private Map<Run, RunStyle> styles() {
            Map<Run, RunStyle> styles = new LinkedHashMap<>();
            int looks = 0;
            for (Run run : runs) {
                boolean stands = highlighted.contains(run.name);
                RunStyle style = backdrop.contains(run.name)
                        ? RunStyle.backdrop(run.name, stands)
                        : RunStyle.of(run.name, looks++, stands);
                styles.put(run.after(shares), style);
            }
            return styles;
        }

        /** The runs in the panel of a quantity, without those of which nothing can be drawn there. */
        private List<Track> tracks(Map<Run, RunStyle> styles, Quantity quantity) {
            List<Track> tracks = new ArrayList<>();
            styles.forEach((run, style) -> tracks.add(
                    new Track(Points.drawable(across.of(run), across.scale, quantity.of(run), quantity.scale), style)));
            tracks.removeIf(track -> track.points.isEmpty());
            return tracks;
        }

        private static DoubleStream values(List<Track> tracks, Function<Points, double[]> column) {
            return tracks.stream().flatMapToDouble(track -> Arrays.stream(column.apply(track.points)));
        }

        /** All runs but those of the backdrop, which are named in the panels; those with nothing drawn say so. */
        private static List<RunStyle> legend(Collection<RunStyle> styles, List<Track> tracks) {
            Set<RunStyle> drawn = tracks.stream().map(track -> track.style).collect(Collectors.toSet());
            return styles.stream()
                    .filter(style -> !style.backdrop || !drawn.contains(style))
                    .map(style -> drawn.contains(style) ? style : style.named(style.name + " (no data)"))
                    .collect(Collectors.toList());
        }

        private List<String> faults() {
            List<String> names = names();
            List<String> faults = new ArrayList<>();
            names.stream()
                    .filter(name -> Collections.frequency(names, name) > 1)
                    .distinct()
                    .forEach(name -> faults.add("two runs are named '" + name + "'"));
            highlighted.stream()
                    .filter(name -> !names.contains(name))
                    .forEach(name -> faults.add("no run to highlight is named '" + name + "', there are " + names));
            backdrop.stream()
                    .filter(name -> !names.contains(name))
                    .forEach(name -> faults.add("no run for the backdrop is named '" + name + "', there are " + names));
            if (!IntStream.range(0, shares.length)
                    .allMatch(i -> shares[i] > (i == 0 ? 0 : shares[i - 1]) && shares[i] <= 1)) {
                faults.add("expected shares that ascend from above 0 to 1, got " + Arrays.toString(shares));
            }
            IntStream.of(width, height)
                    .filter(side -> side < LEAST_SIDE || side > MOST_SIDE)
                    .forEach(side -> faults.add(
                            "expected a side of " + LEAST_SIDE + " to " + MOST_SIDE + " pixels, got " + side));
            return faults;
        }

        private List<String> names() {
            return runs.stream().map(run -> run.name).collect(Collectors.toList());
        }
    }
}
