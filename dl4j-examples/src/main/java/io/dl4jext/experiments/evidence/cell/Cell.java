package io.dl4jext.experiments.evidence.cell;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A part of an experiment that is run as a whole: one command of this program with its arguments. Immutable. */
public final class Cell {

    private final String name;
    private final double minutes;
    private final List<String> arguments;
    private final boolean alone;
    private final Set<DataSet> data = EnumSet.noneOf(DataSet.class);

    /**
     * A cell.
     *
     * @param name unlike those of the other cells; letters, digits, hyphens and dots
     * @param minutes how long it takes as a rule, on two cores
     * @param arguments of the program without {@code --output}; a data set's folder is its {@link
     *     DataSet#placeholder()}
     */
    public Cell(String name, double minutes, List<String> arguments) {
        this(name, minutes, arguments, false);
    }

    private Cell(String name, double minutes, List<String> arguments, boolean alone) {
        if (!name.matches("[a-z0-9][a-z0-9.-]*")) {
            throw new IllegalArgumentException(
                    "expected a name of small letters, digits, hyphens and dots, got " + name);
        }
        if (!(minutes > 0)) {
            throw new IllegalArgumentException(name + ": expected minutes above 0, got " + minutes);
        }
        this.name = name;
        this.minutes = minutes;
        this.arguments = List.copyOf(arguments);
        this.alone = alone;
        for (DataSet set : DataSet.values()) {
            if (arguments.stream().anyMatch(argument -> argument.startsWith(set.placeholder()))) {
                data.add(set);
            }
        }
    }

    /** The same, never beside another: its times are what it is about. */
    public Cell alone() {
        return new Cell(name, minutes, arguments, true);
    }

    public boolean isAlone() {
        return alone;
    }

    public String name() {
        return name;
    }

    public double minutes() {
        return minutes;
    }

    public List<String> arguments() {
        return arguments;
    }

    /** What stands behind an option, such as {@code --epochs}; nothing where the cell does not have it. */
    public Optional<String> value(String option) {
        int at = arguments.indexOf(option);
        return at < 0 ? Optional.empty() : Optional.of(arguments.get(at + 1));
    }

    /** The sets that it reads. */
    public Set<DataSet> data() {
        return EnumSet.copyOf(data);
    }

    /** A command line as a user types it. */
    public static String typed(List<String> arguments) {
        List<String> words = new ArrayList<>(List.of("java", "-jar", "dl4j-examples.jar"));
        for (String argument : arguments) {
            boolean plain = argument.matches("[A-Za-z0-9_./:,=~@%+-]+");
            words.add(plain ? argument : "'" + argument.replace("'", "'\\''") + "'");
        }
        return String.join(" ", words);
    }

    /** Refuses two cells of one name. */
    public static void requireDifferent(List<Cell> cells) {
        long names = cells.stream().map(Cell::name).distinct().count();
        if (names != cells.size()) {
            throw new IllegalArgumentException("expected cells of different names, got " + cells);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cell && name.equals(((Cell) other).name) && arguments.equals(((Cell) other).arguments);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }
}
