using System.Text.Json;
using DistRec.Models.FactorizationMachine;
using DistRec.Models.FoldIn;
using DistRec.Models.ImplicitAls;
using DistRec.Models.Neighborhood;
using DistRec.Models.Persistence;

namespace DistRec.Models.Queries;

/// <summary>
/// Explains predictions by the user's own ratings ([HKV08] section 5, with explicit ratings in place of confidences). With
/// W_u = (Σ_{j∈R(u)} q_j q_jᵀ + λ n_uᵅ I)⁻¹ the row solve gives p_u = W_u Σ_j q_j (r_uj − b_uj)/s, hence
/// s·q_iᵀp_u = Σ_j q_iᵀ W_u q_j (r_uj − b_uj): one term for each rating. What
/// the sum leaves of s·q_iᵀp_u is the residual: small where p_u is the solution of that row for the item factors saved. Stochastic gradient
/// descent applies λ once a rating, which is α = 1 in this view. Dense layers have no q_i: what stands for it is how they change on the way from
/// the mean user to this one (<see cref="LayerParts"/>). Safe for any number of threads.
/// </summary>
public sealed class Explainer
{
    /// <summary>Name of λ among a model's options.</summary>
    public const string RegularizationOption = "regularization";

    /// <summary>Name of α among a model's options.</summary>
    public const string ExponentOption = "regularizationExponent";

    /// <summary>Name of α in c = 1 + α·r among the options of <c>als-implicit</c>.</summary>
    public const string AlphaOption = "alpha";

    /// <summary>Whether ratings are confidences, among the options of <c>als-implicit</c>.</summary>
    public const string ConfidenceGivenOption = "confidenceGiven";

    private const double DefaultRegularization = 0.05;
    private const double DefaultExponent = 1;

    private readonly SavedModel _saved;
    private readonly Predictor _predictor;
    private readonly double _regularization;
    private readonly double _exponent;
    private readonly ImplicitAlsOptions _confidence;
    private readonly Lazy<double[,]> _gram;
    private readonly bool _hasRatings;

    /// <param name="saved">The model; λ and α are read from its options, 0.05 and 1 where they have none.</param>
    public Explainer(SavedModel saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        _saved = saved;
        _predictor = new Predictor(saved);
        _regularization = ReadNumber(saved.Description.Options, RegularizationOption, DefaultRegularization);

        // Coordinate-wise least squares of a machine has one λ for every row.
        _exponent = ReadNumber(saved.Description.Options, ExponentOption, IsLeastSquares(saved) ? 0 : DefaultExponent);

        // What a machine answers with probabilities or preferences was not fitted to ratings.
        _hasRatings = saved.Model.Link == FmLink.Identity;
        _confidence = new ImplicitAlsOptions
        {
            Alpha = (float)ReadNumber(saved.Description.Options, AlphaOption, new ImplicitAlsOptions().Alpha),
            ConfidenceGiven = saved.Description.Options.TryGetValue(ConfidenceGivenOption, out JsonElement given) && given.ValueKind == JsonValueKind.True,
        };
        _gram = new Lazy<double[,]>(() => GramOf(saved.Model.ItemFactors!));
    }

    /// <summary>Explains a prediction.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="itemId">The item.</param>
    /// <param name="n">How many of the user's ratings to list, at least 0.</param>
    /// <param name="newItems">Items that were folded in, of which it may be one; null for none.</param>
    /// <exception cref="InputException"><paramref name="n"/> is negative.</exception>
    public Explanation Explain(string userId, string itemId, int n, NewItems? newItems = null)
    {
        _saved.Users.TryGetIndex(userId, out int user);
        return Explain(UserRow.Of(_saved, user), itemId, n, newItems);
    }

    /// <summary>Explains a prediction for a user that was folded into this model.</summary>
    /// <param name="user">The user.</param>
    /// <param name="itemId">The item.</param>
    /// <param name="n">How many of the user's ratings to list, at least 0.</param>
    /// <param name="newItems">Items that were folded in, of which it may be one; null for none.</param>
    /// <exception cref="InputException"><paramref name="n"/> is negative.</exception>
    public Explanation Explain(FoldedUser user, string itemId, int n, NewItems? newItems = null) => Explain(UserRow.Of(_saved.Model, user), itemId, n, newItems);

    private Explanation Explain(in UserRow user, string itemId, int n, NewItems? newItems)
    {
        if (n < 0)
        {
            throw InputException.At("number of reasons", "at least 0", n.ToString(), "ask for none or more");
        }

        FactorModel model = _saved.Model;
        _saved.Items.TryGetIndex(itemId, out int item);
        FoldedItem? folded = item < 0 ? newItems?.Find(itemId)?.Row : null;
        Prediction prediction = folded is null ? _predictor.Predict(user, item) : _predictor.Predict(user, folded);
        Answer answer = folded is null ? Answers.PartsOf(model, user.HasRow, item, prediction.Answer) : Answers.Of(!user.HasRow, coldItem: false);
        bool hasUser = answer is Answer.Known or Answer.ColdItem;
        bool hasItem = answer is Answer.Known or Answer.ColdUser;
        bool hasFactors = answer == Answer.Known && model.ItemFactors is not null;
        ReadOnlySpan<float> itemFactors = !hasFactors ? [] : folded is null ? model.ItemFactors!.Row(item) : folded.Factors.Span;
        Contribution[] ofNeighbors = answer == Answer.Known && user.Rated is { } rated
            ? OfNeighbors(user, folded is null ? model.Neighbors!.Lists.Row(item) : folded.Neighbors.Span, rated) : [];
        LayerParts? layered = model.Layers is null ? null : LayerParts.Of(
            model, answer, user, folded?.Bias ?? (hasItem ? model.ItemBiases[item] : 0), !hasItem ? default : folded?.Factors ?? model.ItemFactors!.RowMemory(item));
        double factorPart = layered?.Together ?? ((hasFactors ? model.Unit * FactorScore.Product(user.Factors.Span, itemFactors) : 0) + ofNeighbors.Sum(one => one.Value));
        Contribution[] all = Together(hasFactors && _hasRatings ? Contributions(user, layered?.ItemSlopes ?? itemFactors, layered) : [], ofNeighbors);
        Contribution[] listed = [.. all.OrderByDescending(one => Math.Abs(one.Value)).ThenBy(one => one.Item).Take(n)];
        double listedSum = listed.Sum(one => one.Value);
        double sum = all.Sum(one => one.Value);
        double mean = layered?.Mean ?? model.GlobalMean;
        double userBias = layered?.OfUser ?? (hasUser ? (double)model.Unit * user.Bias : 0);
        double itemBias = layered?.OfItem ?? (!hasItem ? 0 : (double)model.Unit * (folded?.Bias ?? model.ItemBiases[item]));
        return new Explanation(
            prediction,
            mean + userBias + itemBias + factorPart,
            mean,
            userBias,
            itemBias,
            factorPart,
            all.Length == 0 ? ContributionMethod.None : ofNeighbors.Length > 0 ? ContributionMethod.Neighbors : model.Kind is ModelKinds.Als or ModelKinds.ImplicitAls ? ContributionMethod.RowSolve : ContributionMethod.RowSolveApproximation,
            listed,
            sum - listedSum,
            factorPart - sum);
    }

    private Contribution[] Contributions(in UserRow user, ReadOnlySpan<float> itemFactors, LayerParts? layered)
    {
        FactorModel model = _saved.Model;
        ReadOnlySpan<int> rated = user.Items.Span;
        ReadOnlySpan<float> ratings = user.Ratings.Span;

        // Of layers in the order of the ratings.
        FactorTable factors = layered?.SlopesOf(rated) ?? model.ItemFactors!;
        ReadOnlySpan<int> rows = layered is null ? rated : Enumerable.Range(0, rated.Length).ToArray();

        // W_u is symmetric: z = W_u q_i once, then one dot product for each rating.
        double ridge = _regularization * Math.Pow(rated.Length, _exponent);
        double[] weightedItem = model.IsImplicit ? SolveImplicit(rated, ratings, ridge, itemFactors) : RidgeSolve.Solve(factors, rows, ridge, itemFactors);
        Contribution[] contributions = new Contribution[rated.Length];
        for (int index = 0; index < rated.Length; index++)
        {
            int other = rated[index];
            double weight = 0;
            ReadOnlySpan<float> otherFactors = factors.Row(rows[index]);
            for (int factor = 0; factor < otherFactors.Length; factor++)
            {
                weight += weightedItem[factor] * otherFactors[factor];
            }

            double baseline = layered?.BaselineOf(other) ?? model.Units.RatingOf((double)user.Bias + model.ItemBiases[other]);
            double target = model.IsImplicit ? _confidence.TargetOf(_confidence.WeightOf(ratings[index])) : ratings[index] - baseline;
            contributions[index] = new Contribution(other, _saved.Items[other], _saved.TitleOf(other), ratings[index], weight, weight * target);
        }

        return contributions;
    }

    private Contribution[] OfNeighbors(in UserRow user, ReadOnlySpan<float> list, RatedItems rated)
    {
        FactorModel model = _saved.Model;
        ReadOnlyMemory<int> items = user.Items;
        ReadOnlyMemory<float> ratings = user.Ratings;
        return list.IsEmpty ? [] :
        [
            .. NeighborKernel.Terms(model.Neighbors!.Shape, list, rated, model.Neighbors).Select(term => new Contribution(
                term.Item, _saved.Items[term.Item], _saved.TitleOf(term.Item), ratings.Span[items.Span.BinarySearch(term.Item)], term.Weight, model.Unit * term.Value)),
        ];
    }

    // One rating tells of the item in two ways.
    private static Contribution[] Together(Contribution[] ofFactors, Contribution[] ofNeighbors) => ofFactors.Length == 0 || ofNeighbors.Length == 0
        ? [.. ofFactors, .. ofNeighbors]
        : [.. ofFactors.Concat(ofNeighbors).GroupBy(one => one.Item).Select(same => same.First() with { Weight = same.Sum(one => one.Weight), Value = same.Sum(one => one.Value) })];

    // W_u = (QᵀQ + Σ_{j∈N(u)} (c_uj − 1) q_j q_jᵀ + λ n_uᵅ I)⁻¹, and the target of each interaction is c_uj.
    private double[] SolveImplicit(ReadOnlySpan<int> rated, ReadOnlySpan<float> ratings, double ridge, ReadOnlySpan<float> itemFactors)
    {
        FactorTable factors = _saved.Model.ItemFactors!;
        double[,] matrix = (double[,])_gram.Value.Clone();
        for (int index = 0; index < rated.Length; index++)
        {
            RidgeSolve.Add(matrix, factors.Row(rated[index]), _confidence.WeightOf(ratings[index]));
        }

        return RidgeSolve.Solve(matrix, ridge, itemFactors);
    }

    private static double[,] GramOf(FactorTable factors)
    {
        double[,] gram = new double[factors.Rank, factors.Rank];
        for (int row = 0; row < factors.Rows; row++)
        {
            RidgeSolve.Add(gram, factors.Row(row), 1);
        }

        return gram;
    }

    private static double ReadNumber(IReadOnlyDictionary<string, JsonElement> options, string name, double otherwise) =>
        options.TryGetValue(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.GetDouble() is >= 0 and var number
            ? number
            : otherwise;

    private static bool IsLeastSquares(SavedModel saved) =>
        saved.Model.Machine is not null
        && saved.Description.Options.TryGetValue("learner", out JsonElement learner)
        && learner.ValueKind == JsonValueKind.String
        && learner.ValueEquals("als");
}
