namespace DistRec.Evaluation;

/// <summary>How to evaluate.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Whether predictions are clipped to the rating scale, as every answer to a user is.</summary>
    public bool Clip { get; init; } = true;

    /// <summary>How many threads may work; −1 for one a processor. The result does not depend on it.</summary>
    public int Threads { get; init; } = -1;
}
