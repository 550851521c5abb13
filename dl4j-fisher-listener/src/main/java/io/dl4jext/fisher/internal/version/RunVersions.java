package io.dl4jext.fisher.internal.version;

import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What a measurement file or a report is made with: name to version, in a fixed order.
 *
 * <p>Versions come from the {@code pom.properties} that Maven puts into each jar. ND4J's own
 * {@code org.nd4j.versioncheck.VersionCheck} scans the whole class path, warns of every mixture it sees and does not
 * know this library, so it is not asked.
 */
public final class RunVersions {

    /** Stands for a class path of bare class folders, such as a build's own tests. */
    static final String DEVELOPMENT = "development";

    private static final String UNKNOWN = "unknown";

    private RunVersions() {}

    /** The versions of this JVM's class path; ND4J is initialised if it was not yet. */
    public static Map<String, String> current() {
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put(
                "dl4j-fisher-listener",
                ofArtifact(RunVersions.class, "io.dl4jext", "dl4j-fisher-listener", DEVELOPMENT));
        versions.put("deeplearning4j", ofArtifact(Model.class, "org.deeplearning4j", "deeplearning4j-nn", UNKNOWN));
        versions.put("nd4j", ofArtifact(INDArray.class, "org.nd4j", "nd4j-api", UNKNOWN));
        versions.put("nd4j-backend", Nd4j.getBackend().getClass().getSimpleName());
        versions.put("java", System.getProperty("java.version", UNKNOWN));
        return Collections.unmodifiableMap(versions);
    }

    /** The version in an artifact's {@code pom.properties}, looked for where {@code neighbour} was loaded from. */
    static String ofArtifact(Class<?> neighbour, String groupId, String artifactId, String otherwise) {
        String resource = "/META-INF/maven/" + groupId + "/" + artifactId + "/pom.properties";
        try (InputStream in = neighbour.getResourceAsStream(resource)) {
            if (in == null) {
                return otherwise;
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version", otherwise);
        } catch (IOException e) {
            return otherwise;
        }
    }
}
