using DistRec.Models.FactorizationMachine;
using DistRec.Models.Feedback;
using DistRec.Models.Neighborhood;
using DistRec.Models.Neural;

namespace DistRec.Models;

/// <summary>
/// A trained rating model of the form r̂_ui = μ + s·(b_u + b_i + q_iᵀp_u) ([KBV09], equation 4, in the units of
/// <see cref="RatingUnits"/>): what <c>baseline</c> (no factors), <c>mf</c> and <c>als</c> learn, or q_iᵀp_u alone, a preference, with <c>als-implicit</c>. Immutable by convention once training has handed it over.
/// </summary>
public sealed class FactorModel
{
    private readonly bool _isImplicitKind;

    /// <param name="kind">Name of the model as typed, one of <see cref="ModelKinds"/>.</param>
    /// <param name="globalMean">μ.</param>
    /// <param name="scale">Range of ratings seen in training; predictions are clipped to it.</param>
    /// <param name="userBiases">b_u, [users].</param>
    /// <param name="itemBiases">b_i, [items].</param>
    /// <param name="userFactors">p_u, [users, rank]; null together with <paramref name="itemFactors"/> for a model without factors.</param>
    /// <param name="itemFactors">q_i, [items, rank].</param>
    /// <exception cref="ArgumentException">The shapes do not fit together.</exception>
    public FactorModel(
        string kind,
        float globalMean,
        RatingScale scale,
        float[] userBiases,
        float[] itemBiases,
        FactorTable? userFactors,
        FactorTable? itemFactors)
    {
        ArgumentNullException.ThrowIfNull(userBiases);
        ArgumentNullException.ThrowIfNull(itemBiases);
        if ((userFactors is null) != (itemFactors is null)
            || (userFactors is not null && (userFactors.Rows != userBiases.Length || itemFactors!.Rows != itemBiases.Length || userFactors.Rank != itemFactors.Rank)))
        {
            throw new ArgumentException("user and item factors must come together, with one rank, and a row for every bias", nameof(userFactors));
        }

        Kind = kind;
        _isImplicitKind = ModelKinds.IsImplicit(kind);
        GlobalMean = globalMean;
        Scale = scale;
        UserBiases = userBiases;
        ItemBiases = itemBiases;
        UserFactors = userFactors;
        ItemFactors = itemFactors;
    }

    /// <summary>Name of the model as typed.</summary>
    public string Kind { get; }

    /// <summary>μ, the mean of the training ratings; a machine's answer where all features are 0. Predictions begin from it, before any link.</summary>
    public float GlobalMean { get; }

    /// <summary>What is answered where neither user nor item is known, before any link: the mean of the training ratings.</summary>
    public float MeanOfAll => Machine is { Link: FmLink.Identity } machine && machine.Units != RatingUnits.None ? machine.Units.Mean : GlobalMean;

    /// <summary>s, what a unit of the tables is in ratings.</summary>
    public float Unit { get; init; } = 1;

    /// <summary>μ and s.</summary>
    public RatingUnits Units => new(GlobalMean, Unit);

    /// <summary>Range that predictions are clipped to.</summary>
    public RatingScale Scale { get; }

    /// <summary>b_u, [users].</summary>
    public float[] UserBiases { get; }

    /// <summary>b_i, [items].</summary>
    public float[] ItemBiases { get; }

    /// <summary>p_u, [users, rank], or null.</summary>
    public FactorTable? UserFactors { get; }

    /// <summary>q_i, [items, rank], or null.</summary>
    public FactorTable? ItemFactors { get; }

    /// <summary>What new users are described by in <c>svd++</c>, <c>asvd</c> and <c>nsvd</c>, whose <see cref="UserFactors"/> are p_u + z_u; else null.</summary>
    public FeedbackFactors? Feedback { get; init; }

    /// <summary>Items that are like each one, and what the user's ratings of them add to its prediction; null for a model without.</summary>
    public NeighborTables? Neighbors { get; init; }

    /// <summary>What makes a prediction of embeddings in <c>mlp</c>, in place of their product; null for other models.</summary>
    public DenseLayers? Layers { get; init; }

    /// <summary>What answers for rows of features in <c>fm</c> and <c>poly-svm</c>; null for other models.</summary>
    public FmMachine? Machine { get; init; }

    /// <summary>What makes an answer of r̂_ui.</summary>
    public FmLink Link => Machine?.Link ?? FmLink.Identity;

    /// <summary>Whether users and items without training ratings have tables that tell of them, by what features say of them.</summary>
    public bool DescribesCold => Machine is not null;

    /// <summary>How far factors lie from their means; null for a model that is not sampled.</summary>
    public FactorSpread? Spread { get; init; }

    /// <summary>Whether scores are preferences learnt from interactions, of which 1 is an interaction's, and no ratings.</summary>
    public bool IsImplicit => _isImplicitKind || Link == FmLink.Preference;

    /// <summary>k, or 0 for a model without factors.</summary>
    public int Rank => UserFactors?.Rank ?? 0;

    /// <summary>
    /// Numbers that predictions are made of and training learned: neither padding nor what follows from others, such as user vectors that
    /// are sums over items. Biases that a model was told to leave at 0 count.
    /// </summary>
    public long ParameterCount => Machine is { } machine
        ? 1 + ((long)machine.Space.Count * (1 + (machine.Shape.Rank * (machine.Shape.Order - 1))))
        : 1 + UserBiases.Length + ItemBiases.Length + SizeOf(ItemFactors)
            + (Feedback is { } feedback && !new FeedbackShape(feedback.Form, Rank).HasUserFactors ? 0 : SizeOf(UserFactors))
            + SizeOf(Feedback?.Explicit) + SizeOf(Feedback?.Implicit) + (Neighbors?.WeightCount ?? 0)
            + (Layers is { } layers ? layers.Weights.Concat(layers.Biases).Sum(SizeOf) : 0);

    private static long SizeOf(FactorTable? table) => table is null ? 0 : (long)table.Rows * table.Rank;
}
