package io.dl4jext.fisher.arbiter;

import org.apache.commons.math3.random.RandomGenerator;
import org.apache.commons.math3.random.SynchronizedRandomGenerator;
import org.apache.commons.math3.random.Well19937c;
import org.deeplearning4j.arbiter.optimize.api.Candidate;
import org.deeplearning4j.arbiter.optimize.api.CandidateGenerator;
import org.deeplearning4j.arbiter.optimize.api.OptimizationResult;
import org.deeplearning4j.arbiter.optimize.api.ParameterSpace;
import org.deeplearning4j.arbiter.optimize.api.score.ScoreFunction;
import org.deeplearning4j.arbiter.optimize.generator.GeneticSearchCandidateGenerator;
import org.deeplearning4j.arbiter.optimize.generator.genetic.crossover.SinglePointCrossover;
import org.deeplearning4j.arbiter.optimize.generator.genetic.crossover.parentselection.RandomTwoParentSelection;
import org.deeplearning4j.arbiter.optimize.generator.genetic.mutation.RandomMutationOperator;
import org.deeplearning4j.arbiter.optimize.generator.genetic.selection.GeneticSelectionOperator;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect.Visibility;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Arbiter's genetic search with its own defaults, but with the seed of the search, which Arbiter's does not heed, and
 * as JSON, which Arbiter's cannot be.
 */
@JsonAutoDetect(
        fieldVisibility = Visibility.NONE,
        getterVisibility = Visibility.NONE,
        isGetterVisibility = Visibility.NONE,
        setterVisibility = Visibility.NONE)
public final class GeneticGenerator implements CandidateGenerator {

    private final ParameterSpace<?> space;
    private final ScoreFunction score;
    private final boolean numbered;
    private GeneticSearchCandidateGenerator search;

    /** @param numbered whether the space's leaves have their indices: from JSON they have, and must keep them */
    @JsonCreator
    private GeneticGenerator(
            @JsonProperty(value = "parameterSpace", required = true) ParameterSpace<?> space,
            @JsonProperty(value = "scoreFunction", required = true) ScoreFunction score,
            @JsonProperty(value = "initDone", required = true) boolean numbered) {
        if (space == null || score == null) {
            throw new IllegalArgumentException("Expected a space and a score, got " + space + " and " + score);
        }
        this.space = space;
        this.score = score;
        this.numbered = numbered;
        search = search(new Well19937c());
    }

    /**
     * A search that breeds candidates from those with the best scores.
     *
     * @param score the search's; whether it is to be minimised is what matters here
     */
    public static GeneticGenerator of(ParameterSpace<?> space, ScoreFunction score) {
        return new GeneticGenerator(space, score, false);
    }

    private GeneticSearchCandidateGenerator search(RandomGenerator source) {
        RandomGenerator random = new SynchronizedRandomGenerator(source);
        return new GeneticSearchCandidateGenerator.Builder(space, score)
                .initDone(numbered)
                .selectionOperator(new GeneticSelectionOperator.Builder()
                        .randomGenerator(random)
                        .crossoverOperator(new SinglePointCrossover.Builder()
                                .randomGenerator(random)
                                .parentSelection(new RandomTwoParentSelection(random))
                                .build())
                        .mutationOperator(new RandomMutationOperator.Builder()
                                .randomGenerator(random)
                                .build())
                        .build())
                .build();
    }

    /** Begins the search anew: its population is empty again. */
    @Override
    public void setRngSeed(long rngSeed) {
        search = search(new Well19937c(rngSeed));
    }

    @Override
    public boolean hasMoreCandidates() {
        return search.hasMoreCandidates();
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Candidate getCandidate() {
        return search.getCandidate();
    }

    @Override
    public void reportResults(OptimizationResult result) {
        search.reportResults(result);
    }

    @Override
    public ParameterSpace<?> getParameterSpace() {
        return space;
    }

    @Override
    public Class<?> getCandidateType() {
        return search.getCandidateType();
    }

    @JsonProperty("parameterSpace")
    private ParameterSpace<?> space() {
        return space;
    }

    @JsonProperty("scoreFunction")
    private ScoreFunction score() {
        return score;
    }

    @JsonProperty("initDone")
    private boolean initDone() {
        return true;
    }

    @Override
    public String toString() {
        return "GeneticGenerator";
    }
}
