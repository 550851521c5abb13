package io.dl4jext.experiments;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * No library module needs another, so each has its own copy of the class that touches memory by addresses
 * (docs/memory.md), and two of the one that knows where DL4J's tensors lie. What is put right in one copy is put right in
 * all.
 */
@Tag("once")
class CopiesTest {

    private static final String IMPLICIT =
            "dl4j-implicit-updater/src/main/java/io/dl4jext/updater/internal/elementwise/HostMemory.java";
    private static final String STOCHASTIC =
            "dl4j-stochastic-batch/src/main/java/io/dl4jext/stochastic/HostMemory.java";
    private static final String FISHER =
            "dl4j-fisher-listener/src/main/java/io/dl4jext/fisher/internal/gram/HostMemory.java";

    /** Without what may differ: the package and who sees it. */
    private static String source(String file) throws IOException {
        return Files.readString(Path.of("..", file))
                .replaceAll("package [a-z0-9.]+;", "")
                .replace("public ", "");
    }

    @Test
    void twoAreTheSame() throws IOException {
        assertThat(source(STOCHASTIC)).isEqualTo(source(IMPLICIT));
    }

    @Test
    void placesOfTensorsAreTheSame() throws IOException {
        assertThat(source("dl4j-stochastic-batch/src/main/java/io/dl4jext/stochastic/TensorPlaces.java"))
                .isEqualTo(source("dl4j-implicit-updater/src/main/java/io/dl4jext/adagrad/TensorPlaces.java"));
    }

    /**
     * That of the listener hands a start to BLAS besides, which it keeps when it is opened. All other members are the
     * others'.
     */
    @Test
    void theThirdHasTheSameMembers() throws IOException {
        String fisher = source(FISHER);
        List<String> members = List.of(source(IMPLICIT).split("\n\n(?=    \\S)"));
        assertThat(members).hasSizeGreaterThan(15);
        assertThat(members.subList(1, members.size()))
                .filteredOn(member -> !fisher.contains(member.stripTrailing().replaceAll("\n}$", "")))
                .satisfiesExactly(
                        fields -> assertThat(fields).contains("private volatile boolean closed;"),
                        open -> assertThat(open).contains("addressPointer()"));
    }
}
