package io.dl4jext.experiments.evidence;

import io.dl4jext.experiments.engine.UserError;
import io.dl4jext.experiments.evidence.cell.Scale;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a report is of: its scale, and the papers that are on its page. It lies with the cells, so that whoever goes on
 * with a report does not make another one of it. Immutable.
 */
final class Scope {

    private static final String FILE = "scope.txt";
    private static final String SCALE = "scale ";
    private static final String PAPERS = "papers ";

    private final Scale scale;
    private final Set<Integer> papers = new TreeSet<>();

    private Scope(Scale scale, Set<Integer> papers) {
        this.scale = scale;
        this.papers.addAll(papers);
    }

    /**
     * What a report comes to be of.
     *
     * @param cells the folder of its cells; null or absent where it begins
     * @param wanted the scale that the user named; null for the one that it has, or the smallest
     * @param chosen the papers that are wanted now; those that it has stay on its page
     * @throws UserError where it has another scale
     */
    static Scope of(Path cells, Scale wanted, Set<Integer> chosen) throws IOException {
        Path file = cells == null ? null : cells.resolve(FILE);
        if (file == null || !Files.exists(file)) {
            UserError.require(
                    wanted != null || file == null || isEmpty(cells),
                    "--scale",
                    "that of the report in " + cells + ", which an earlier version has begun",
                    "none");
            return new Scope(wanted == null ? Scale.SMOKE : wanted, chosen);
        }
        Scope scope = read(file);
        UserError.require(
                wanted == null || wanted == scope.scale,
                "--scale",
                scope.scale + ", which the report in " + cells.getParent() + " is of",
                wanted);
        scope.papers.addAll(chosen);
        return scope;
    }

    private static Scope read(Path file) throws IOException {
        String scale = "";
        String papers = "";
        for (String line : Files.readAllLines(file)) {
            scale = line.startsWith(SCALE) ? line.substring(SCALE.length()) : scale;
            papers = line.startsWith(PAPERS) ? line.substring(PAPERS.length()) : papers;
        }
        try {
            return new Scope(
                    Scale.valueOf(scale.toUpperCase(Locale.ROOT)),
                    Arrays.stream(papers.split(",")).map(Integer::valueOf).collect(Collectors.toSet()));
        } catch (IllegalArgumentException e) {
            throw new UserError(file + ": expected lines such as '" + SCALE + "standard' and '" + PAPERS + "1,2', got '"
                    + scale + "' and '" + papers + "'");
        }
    }

    private static boolean isEmpty(Path cells) throws IOException {
        if (!Files.isDirectory(cells)) {
            return true;
        }
        try (Stream<Path> all = Files.list(cells)) {
            return all.noneMatch(Files::isDirectory);
        }
    }

    Scale scale() {
        return scale;
    }

    boolean has(List<Integer> some) {
        return some.stream().anyMatch(papers::contains);
    }

    void write(Path cells) throws IOException {
        String numbers = papers.stream().map(String::valueOf).collect(Collectors.joining(","));
        ReportFiles.write(cells.resolve(FILE), SCALE + scale + "\n" + PAPERS + numbers + "\n");
    }
}
