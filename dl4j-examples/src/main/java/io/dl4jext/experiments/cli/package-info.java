/**
 * What the commands share: options for the data set ({@link io.dl4jext.experiments.cli.DataOptions}), a result folder that
 * never overwrites ({@link io.dl4jext.experiments.cli.ResultFolder}), the progress bar ({@link
 * io.dl4jext.experiments.cli.Progress}), the one-line error for what the user can put right
 * ({@link io.dl4jext.experiments.cli.UserError}) and aligned tables ({@link io.dl4jext.experiments.cli.TextTable}).
 */
package io.dl4jext.experiments.cli;
