package io.dl4jext.experiments;

import io.dl4jext.experiments.doctor.PackVersion;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class ProgramVersion implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {"dl4j-examples " + PackVersion.text()};
    }
}
