namespace DistRec.Evaluation.Bandits.OffPolicy;

/// <summary>An arm that a logging policy chose, what came of it, and what the policy to be judged would have done.</summary>
/// <param name="Reward">r, any finite number.</param>
/// <param name="Propensity">p: how probable the arm was when it was chosen, 1e-12 to 1.</param>
/// <param name="TargetProbability">π: how probable it is under the policy to be judged, from 0 to 1.</param>
/// <param name="Model">What a model of rewards expects here, if there is one: of all rows or of none.</param>
public readonly record struct LoggedOutcome(double Reward, double Propensity, double TargetProbability, ModelledReward? Model = null);

/// <summary>What a model of rewards expects in the context of a logged outcome.</summary>
/// <param name="OfChosen">q̂(a) of the arm that was chosen.</param>
/// <param name="OfTarget">Σ_a π(a) q̂(a): the mean over the arms that the policy to be judged would choose.</param>
public readonly record struct ModelledReward(double OfChosen, double OfTarget);

/// <summary>Fits the model of rewards again, to rows that a bootstrap has drawn.</summary>
/// <param name="counts">How often each row was drawn, [rows].</param>
/// <param name="models">Receives what the model that was fitted to them expects of each row, [rows].</param>
public delegate void ModelRefit(ReadOnlySpan<int> counts, Span<ModelledReward> models);
