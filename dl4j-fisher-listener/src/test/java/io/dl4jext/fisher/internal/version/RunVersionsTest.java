package io.dl4jext.fisher.internal.version;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class RunVersionsTest {

    @Test
    void dl4jAndNd4jAreNamedWithTheirVersion() {
        Map<String, String> versions = RunVersions.current();
        assertThat(versions.get("deeplearning4j")).matches("\\d+\\.\\d+\\.\\d+.*");
        // DL4J and ND4J are released together, and the build takes both from one property.
        assertThat(versions.get("nd4j")).isEqualTo(versions.get("deeplearning4j"));
        assertThat(versions.get("nd4j-backend")).endsWith("Backend");
        assertThat(versions.get("java")).isEqualTo(System.getProperty("java.version"));
    }

    @Test
    void classesOutsideAJarAreInDevelopment() {
        assertThat(RunVersions.current()).containsEntry("dl4j-fisher-listener", RunVersions.DEVELOPMENT);
    }

    @Test
    void anUnknownArtifactGetsTheGivenText() {
        assertThat(RunVersions.ofArtifact(INDArray.class, "no.such", "artifact", "none"))
                .isEqualTo("none");
    }
}
