package io.dl4jext.fisher.chart;

import io.dl4jext.fisher.FisherHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.knowm.xchart.XYChart;

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
 * <p>Needs XChart, an optional dependency of this module, and for SVG VectorGraphics2D. Immutable. Needs no screen. On one machine the same runs give the same bytes; fonts differ from machine to
 * machine.
 */
public final class FisherChart {

    private static final String ITERATION = "iteration";
    // Plain letters: many fonts set the bar of C̄ beside the letter.
    private static final String CONDITION = "mean condition number C_K";
    private static final String ENERGY = "cumulative energy L_K";

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
        return new Builder(true);
    }

    /**
     * The (C̄_K, L_K) plane.
     *
     * @throws IllegalStateException without XChart on the class path; the message names what to add
     */
    public static Builder plane() {
        ChartLibrary.require();
        return new Builder(false);
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
        byte[] bytes = picture.encoded(format);
        Path folder = path.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Files.write(path, bytes);
    }

    /** Collects the runs of a {@link FisherChart}; everything is checked in {@link #build()}. */
    public static final class Builder {

        private static final int LEAST_SIDE = 200;
        private static final int MOST_SIDE = 10_000;

        private final boolean overIterations;
        private final List<Run> runs = new ArrayList<>();
        private final Set<String> highlighted = new LinkedHashSet<>();
        private final Set<String> backdrop = new LinkedHashSet<>();
        private double[] shares = {};
        private String title;
        private int width = 1000;
        private int height = 700;

        private Builder(boolean overIterations) {
            this.overIterations = overIterations;
            this.title = overIterations ? "Condition and energy over iterations" : "Condition and energy";
        }

        /**
         * Adds a run; the legend keeps the order.
         *
         * @param name its name, unlike those of the other runs
         * @param history its measurements so far
         */
        public Builder add(String name, FisherHistory history) {
            Objects.requireNonNull(name, "name");
            return add(Run.of(name, Objects.requireNonNull(history, "history")));
        }

        /**
         * Adds runs in the map's order.
         *
         * @param histories name to measurements
         */
        public Builder addAll(Map<String, FisherHistory> histories) {
            histories.forEach(this::add);
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
            highlighted.addAll(names);
            return this;
        }

        /**
         * Draws runs as a backdrop for the others to be seen against, such as the beacons of Liao et al. (2018), Fig. 5:
         * dotted and grey, the name at the first point that is drawn, not in the legend. Default: none.
         *
         * @param names names of added runs
         */
        public Builder backdrop(Collection<String> names) {
            backdrop.addAll(names);
            return this;
        }

        /**
         * Draws of each run only where it stood after these shares of its examples (at the last measurement before), joined
         * by straight lines: 0.05, 0.2, 0.4, 0.6, 0.8, 1 in Liao et al. (2018), Fig. 5. Default: every measurement.
         *
         * @param shares more than 0 and at most 1, ascending
         */
        public Builder after(double... shares) {
            this.shares = shares.clone();
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
         * @throws IllegalArgumentException if two runs have one name, a name to highlight or for the backdrop is none of a run,
         *     shares do not ascend from above 0 to 1, or a side is too short or too long; the message lists all such faults
         * @throws IllegalStateException if there is nothing to draw: no run, or no run with a drawable point
         */
        public FisherChart build() {
            refuse(faults());
            List<Points> paths = new ArrayList<>();
            List<Points> conditions = new ArrayList<>();
            List<Points> energies = new ArrayList<>();
            List<String> names = new ArrayList<>();
            List<RunStyle> styles = new ArrayList<>();
            List<String> legendNames = new ArrayList<>();
            List<RunStyle> legendStyles = new ArrayList<>();
            int drawable = 0;
            int looks = 0;
            for (Run whole : runs) {
                Run run = shares.length == 0 ? whole : whole.after(shares);
                Points path = Points.drawable(
                        run.averageConditionNumbers, Scale.LOGARITHMIC, run.cumulativeEnergies, Scale.LOGARITHMIC);
                Points condition =
                        Points.drawable(run.iterations, Scale.LINEAR, run.averageConditionNumbers, Scale.LOGARITHMIC);
                Points energy =
                        Points.drawable(run.iterations, Scale.LINEAR, run.cumulativeEnergies, Scale.LOGARITHMIC);
                boolean empty = overIterations ? condition.isEmpty() && energy.isEmpty() : path.isEmpty();
                drawable += empty ? 0 : 1;
                paths.add(path);
                conditions.add(condition);
                energies.add(energy);
                boolean stands = highlighted.contains(run.name);
                boolean behind = backdrop.contains(run.name);
                RunStyle style = behind ? RunStyle.backdrop(stands) : RunStyle.of(looks++, stands);
                styles.add(style);
                names.add(run.name);
                if (empty || !behind) {
                    legendStyles.add(style);
                    legendNames.add(empty ? run.name + " (no data)" : run.name);
                }
            }
            if (drawable == 0) {
                throw new IllegalStateException("Nothing to draw: expected at least one run with a positive, finite "
                        + (overIterations ? "C_K or L_K" : "C_K and L_K")
                        + ", got "
                        + (runs.isEmpty() ? "no run" : "none in " + runNames()));
            }
            RunLegend legend = new RunLegend(legendNames, legendStyles, width, height);
            List<XYChart> panels = overIterations
                    ? panelsOverIterations(conditions, energies, names, styles)
                    : List.of(Panel.of(
                            title,
                            CONDITION,
                            Scale.LOGARITHMIC,
                            paths,
                            ENERGY,
                            Scale.LOGARITHMIC,
                            paths,
                            names,
                            styles));
            return new FisherChart(new Picture(panels, legend, width, height));
        }

        private List<XYChart> panelsOverIterations(
                List<Points> conditions, List<Points> energies, List<String> names, List<RunStyle> styles) {
            // One range of iterations for both, so that they can be read from top to bottom.
            List<Points> all = new ArrayList<>(conditions);
            all.addAll(energies);
            return List.of(
                    Panel.of(title, "", Scale.LINEAR, all, CONDITION, Scale.LOGARITHMIC, conditions, names, styles),
                    Panel.of("", ITERATION, Scale.LINEAR, all, ENERGY, Scale.LOGARITHMIC, energies, names, styles));
        }

        private List<String> faults() {
            List<String> faults = new ArrayList<>();
            Set<String> names = new HashSet<>();
            for (Run run : runs) {
                if (!names.add(run.name)) {
                    faults.add("two runs are named '" + run.name + "'");
                }
            }
            for (String name : highlighted) {
                if (!names.contains(name)) {
                    faults.add("no run to highlight is named '" + name + "', there are " + runNames());
                }
            }
            for (String name : backdrop) {
                if (!names.contains(name)) {
                    faults.add("no run for the backdrop is named '" + name + "', there are " + runNames());
                }
            }
            for (int i = 0; i < shares.length; i++) {
                if (!(shares[i] > (i == 0 ? 0 : shares[i - 1]) && shares[i] <= 1)) {
                    faults.add("expected shares that ascend from above 0 to 1, got " + Arrays.toString(shares));
                    break;
                }
            }
            for (int side : new int[] {width, height}) {
                if (side < LEAST_SIDE || side > MOST_SIDE) {
                    faults.add("expected a side of " + LEAST_SIDE + " to " + MOST_SIDE + " pixels, got " + side);
                }
            }
            return faults;
        }

        private List<String> runNames() {
            List<String> names = new ArrayList<>();
            for (Run run : runs) {
                names.add(run.name);
            }
            return names;
        }

        private static void refuse(List<String> faults) {
            if (!faults.isEmpty()) {
                throw new IllegalArgumentException("Chart: " + String.join("; ", faults));
            }
        }
    }
}
