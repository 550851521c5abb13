package io.dl4jext.experiments.evidence.cell;

import io.dl4jext.experiments.doctor.ArtifactVersion;
import io.dl4jext.experiments.doctor.PackVersion;
import io.dl4jext.experiments.doctor.Processor;
import java.util.LinkedHashMap;
import java.util.Map;

/** What cells run with and on. */
final class Machine {

    private static final String PACK = "pack";
    private static final String DL4J = "dl4j";

    private static final String PACK_VERSION = OwnCode.told(PackVersion.text());

    private Machine() {}

    /** Versions of the programs, by name: those that a cell's key depends on. */
    static Map<String, String> versions() {
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put(PACK, PACK_VERSION);
        versions.put(DL4J, ArtifactVersion.dl4j());
        return versions;
    }

    /** The hardware and what is above it, by name, and what of it a cell was given. */
    static Map<String, String> hardware(Share share) {
        Map<String, String> hardware = new LinkedHashMap<>();
        hardware.put("processor", Processor.model());
        hardware.put("processors", String.valueOf(Runtime.getRuntime().availableProcessors()));
        hardware.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        hardware.put("java", System.getProperty("java.version"));
        hardware.put("heap", Runtime.getRuntime().maxMemory() / (1 << 20) + " MB");
        String policy = System.getenv("OMP_WAIT_POLICY");
        hardware.put("OMP_WAIT_POLICY", policy == null ? "not set" : policy);
        hardware.put("OMP_NUM_THREADS", share.threads());
        hardware.put("cells at a time", String.valueOf(share.of()));
        return hardware;
    }
}
