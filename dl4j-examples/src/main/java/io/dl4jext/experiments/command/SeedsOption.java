package io.dl4jext.experiments.command;

import io.dl4jext.experiments.engine.UserError;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import picocli.CommandLine.Option;

/** The seeds of an experiment: a number n stands for 1 to n, a list with commas for itself. */
public final class SeedsOption {

    private static final int MOST = 1000;

    @Option(
            names = "--seeds",
            paramLabel = "N|S,S,...",
            description =
                    "How many seeds (1, 2, ...), or a list of them; a seed sets the initial parameters, the order of the"
                            + " examples and whatever else is random. Default: ${DEFAULT-VALUE}.")
    private String seeds;

    /** @param seeds unless the user says otherwise */
    public SeedsOption(String seeds) {
        this.seeds = seeds;
    }

    /** At least one, no two equal, none 0: to ND4J's random numbers that is the time, and no two runs are the same. */
    public long[] all() {
        try {
            if (seeds.contains(",")) {
                long[] list = Arrays.stream(seeds.split(","))
                        .mapToLong(seed -> Long.parseLong(seed.trim()))
                        .distinct()
                        .toArray();
                if (list.length > 0 && Arrays.stream(list).allMatch(seed -> seed != 0)) {
                    return list;
                }
            } else {
                int count = Integer.parseInt(seeds.trim());
                if (count >= 1 && count <= MOST) {
                    return LongStream.rangeClosed(1, count).toArray();
                }
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw new UserError("--seeds: expected a number of seeds from 1 to " + MOST
                + ", or whole numbers other than 0 with commas (ND4J takes 0 for the time of day), got '" + seeds
                + "'");
    }

    public long first() {
        return all()[0];
    }

    /** What a picture of the first seed's trainings has behind its title: nothing if there is no other. */
    public String ofFirst() {
        return all().length == 1 ? "" : ", seed " + first();
    }

    @Override
    public String toString() {
        return (all().length == 1 ? "seed " : "seeds ")
                + Arrays.stream(all()).mapToObj(Long::toString).collect(Collectors.joining(", "));
    }
}
