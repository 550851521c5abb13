package io.dl4jext.experiments.search;

import io.dl4jext.experiments.command.DataOptions;
import io.dl4jext.experiments.command.EnumName;
import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.data.Layout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Properties;
import org.deeplearning4j.arbiter.optimize.api.data.DataSource;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import picocli.CommandLine;

/**
 * The data of a search as Arbiter wants them: from texts, which are the options that choose a data set. Tested on half
 * of the test examples; the other half is for the best candidate.
 */
public final class SearchData implements DataSource {

    private static final long serialVersionUID = 1L;

    private static final int BATCH = 500;

    private ImageSet data;
    private long seed;

    /** What {@link #configure} reads. */
    static Properties properties(List<String> dataArguments, long seed) {
        Properties properties = new Properties();
        properties.setProperty("seed", String.valueOf(seed));
        properties.setProperty("options", String.valueOf(dataArguments.size()));
        for (int i = 0; i < dataArguments.size(); i++) {
            properties.setProperty("option" + i, dataArguments.get(i));
        }
        return properties;
    }

    @Override
    public void configure(Properties properties) {
        seed = Long.parseLong(properties.getProperty("seed"));
        String[] arguments = new String[Integer.parseInt(properties.getProperty("options"))];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = properties.getProperty("option" + i);
        }
        DataOptions options = new DataOptions();
        CommandLine parser = new CommandLine(options);
        EnumName.registerAll(parser);
        parser.parseArgs(arguments);
        try {
            data = options.load(seed);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Object trainData() {
        return BatchIterator.shuffled(
                data.train(), Layout.FLAT, Math.min(BATCH, data.train().size()), seed);
    }

    @Override
    public Object testData() {
        ImageSet choosing = data.forChoosingAndTesting()[0];
        return BatchIterator.inOrder(
                choosing.test(), Layout.FLAT, Math.min(BATCH, choosing.test().size()));
    }

    @Override
    public Class<?> getDataType() {
        return DataSetIterator.class;
    }
}
