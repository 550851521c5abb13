package io.dl4jext.experiments.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Versions of libraries, as the {@code pom.properties} have them that Maven puts into an artifact's jar. */
public final class ArtifactVersion {

    private ArtifactVersion() {}

    /** That of DL4J, "unknown" where its jar does not tell. */
    public static String dl4j() {
        return of(Model.class, "org.deeplearning4j", "deeplearning4j-nn");
    }

    /** That of ND4J. */
    static String nd4j() {
        return of(INDArray.class, "org.nd4j", "nd4j-api");
    }

    private static String of(Class<?> neighbour, String groupId, String artifactId) {
        String resource = "/META-INF/maven/" + groupId + "/" + artifactId + "/pom.properties";
        try (InputStream in = neighbour.getResourceAsStream(resource)) {
            Properties properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            return properties.getProperty("version", "unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }
}
