package io.dl4jext.experiments.evidence.cell;

import io.dl4jext.batch.DynamicBatchIterator;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.implicit.ImplicitSgd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The classes of this program and of the modules that it runs, which alone tell builds of one commit apart that were
 * made with changes.
 */
final class OwnCode {

    private static final String CHANGED = "-dirty";
    private static final int SHOWN = 12;
    private static final List<Class<?>> ONE_OF_EACH =
            List.of(OwnCode.class, FisherListener.class, ImplicitSgd.class, DynamicBatchIterator.class);

    private OwnCode() {}

    /** A version, and with it, where it was built with changes that were not committed, what was built. */
    static String told(String version) {
        return version.contains(CHANGED) ? version + " " + digest(places()).substring(0, SHOWN) : version;
    }

    /** The modules' jars, or the folders of their classes. */
    private static List<Path> places() {
        return ONE_OF_EACH.stream()
                .map(one -> one.getProtectionDomain().getCodeSource().getLocation())
                .map(place -> Path.of(URI.create(place.toString())))
                .collect(Collectors.toList());
    }

    static String digest(List<Path> places) {
        Digest digest = new Digest();
        try {
            for (Path place : places) {
                for (Path file : files(place)) {
                    digest.add(file.getFileName().toString()).add(Files.readAllBytes(file));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return digest.hex();
    }

    /** A jar, or all files of a folder. */
    private static List<Path> files(Path place) throws IOException {
        try (Stream<Path> all = Files.walk(place)) {
            return all.filter(Files::isRegularFile).sorted().collect(Collectors.toList());
        }
    }
}
