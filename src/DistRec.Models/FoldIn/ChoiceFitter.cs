using DistRec.Models.Bayesian;
using DistRec.Models.FactorizationMachine;
using DistRec.Numerics.Random;

namespace DistRec.Models.FoldIn;

/// <summary>
/// The most likely row given answers of yes and no, by Newton's method on the logarithm of the posterior: to every rating where answers are
/// probabilities, and to every pair of an item that the user rated and one drawn among the others where they order items.
/// </summary>
internal sealed class ChoiceFitter : IRowFitter
{
    private const int MaxSteps = 50;
    private const double Settled = 1e-7;

    // Together they count as one, as in an epoch of training.
    private const int PairsAnItem = 16;

    private readonly FactorModel _model;
    private readonly RowPrior _prior;
    private readonly float? _positiveFrom;

    /// <param name="sides">A model whose answers are no ratings; one that orders items is for users alone.</param>
    /// <param name="positiveFrom">Least rating that is a yes; null where ratings are 0 and 1. Not asked where items are ordered.</param>
    public ChoiceFitter(ModelSides sides, float? positiveFrom)
    {
        _model = sides.Model;
        _positiveFrom = positiveFrom;
        _prior = new RowPrior(sides, new BpmfOptions());
    }

    private FmLink Link => _model.Link == FmLink.Probit ? FmLink.Probit : FmLink.Logistic;

    public RowFit Fit(RatingMatrix row, PartitionedFactors other)
    {
        List<Choice> choices = _model.Link == FmLink.Preference ? PairsOf(row) : AnswersOf(row, other);
        double[] found = [.. _prior.Normal.Mean];
        double objective = Objective(choices, found);
        for (int step = 0; step < MaxSteps; step++)
        {
            double[] way = WayFrom(choices, found);
            double share = 1;
            double[] next = Moved(found, way, share);
            double reached = Objective(choices, next);
            while (!(reached <= objective) && share > Settled)
            {
                share /= 2;
                next = Moved(found, way, share);
                reached = Objective(choices, next);
            }

            bool isSettled = !(objective - reached > Settled * (1 + Math.Abs(objective)));
            if (reached <= objective)
            {
                (found, objective) = (next, reached);
            }

            if (isSettled)
            {
                break;
            }
        }

        return new RowFit(
            _prior.HasBias ? (float)found[^1] : 0, [.. found.Take(_model.Rank).Select(value => (float)value)]);
    }

    private List<Choice> AnswersOf(RatingMatrix row, PartitionedFactors other)
    {
        List<Choice> choices = [];
        ReadOnlySpan<int> columns = row.RowColumns(0);
        ReadOnlySpan<float> ratings = row.RowValues(0);
        for (int t = 0; t < columns.Length; t++)
        {
            float[] factors = new float[_prior.Width];
            _prior.Join(other.FactorsOf(columns[t]), 1, factors);
            choices.Add(new Choice(factors, (double)_model.GlobalMean + other.BiasOf(columns[t]), ratings[t] >= (_positiveFrom ?? 1) ? 1 : -1, 1));
        }

        return choices;
    }

    private List<Choice> PairsOf(RatingMatrix user)
    {
        List<Choice> choices = [];
        HashSet<int> given = [.. user.RowColumns(0)];
        int items = _model.ItemBiases.Length;
        foreach (int item in given.Order())
        {
            EntityRandom random = new(0, RandomPurpose.Negative, item, 0);
            for (int pair = 0; pair < PairsAnItem && given.Count < items; pair++)
            {
                int other = random.NextInt(items);
                while (given.Contains(other))
                {
                    other = (other + 1) % items;
                }

                // b_u is in both scores.
                float[] row = new float[_prior.Width];
                for (int factor = 0; factor < _model.Rank; factor++)
                {
                    row[factor] = _model.ItemFactors!.Row(item)[factor] - _model.ItemFactors.Row(other)[factor];
                }

                choices.Add(new Choice(row, (double)_model.ItemBiases[item] - _model.ItemBiases[other], 1, 1.0 / PairsAnItem));
            }
        }

        return choices;
    }

    private double Objective(List<Choice> choices, double[] point)
    {
        double sum = 0;
        foreach (Choice choice in choices)
        {
            sum -= choice.Weight * LogProbability(choice.Sign * choice.Score(point));
        }

        for (int i = 0; i < point.Length; i++)
        {
            for (int j = 0; j < point.Length; j++)
            {
                sum += 0.5 * (point[i] - _prior.Normal.Mean[i]) * _prior.Normal.Precision[i, j] * (point[j] - _prior.Normal.Mean[j]);
            }
        }

        return sum;
    }

    // −H⁻¹g.
    private double[] WayFrom(List<Choice> choices, double[] point)
    {
        int width = point.Length;
        double[,] curvature = (double[,])_prior.Normal.Precision.Clone();
        double[] slope = new double[width];
        for (int i = 0; i < width; i++)
        {
            for (int j = 0; j < width; j++)
            {
                slope[i] += _prior.Normal.Precision[i, j] * (point[j] - _prior.Normal.Mean[j]);
            }
        }

        foreach (Choice choice in choices)
        {
            (double first, double second) = SlopesAt(choice.Sign * choice.Score(point));
            for (int i = 0; i < width; i++)
            {
                slope[i] -= choice.Weight * choice.Sign * first * choice.Row[i];
                double scaled = choice.Weight * second * choice.Row[i];
                for (int j = 0; j < width; j++)
                {
                    curvature[i, j] += scaled * choice.Row[j];
                }
            }
        }

        double[,] inverse = NormalWishart.Invert(curvature);
        double[] way = new double[width];
        for (int i = 0; i < width; i++)
        {
            for (int j = 0; j < width; j++)
            {
                way[i] -= inverse[i, j] * slope[j];
            }
        }

        return way;
    }

    private static double[] Moved(double[] from, double[] way, double share) => [.. from.Select((value, index) => value + (share * way[index]))];

    // ln of the probability that the answer is on the score's side, kept finite where the probability is none.
    private double LogProbability(double score) => Link == FmLink.Probit
        ? score > -8 ? Math.Log(FmLinks.NormalProbability(score)) : -0.5 * score * score - Math.Log(-score) - 0.91893853320467274
        : score > 0 ? -Math.Log(1 + Math.Exp(-score)) : score - Math.Log(1 + Math.Exp(score));

    // Of ln p(z): its slope, and minus its curvature.
    private (double First, double Second) SlopesAt(double score)
    {
        if (Link == FmLink.Logistic)
        {
            double miss = 1 / (1 + Math.Exp(score));
            return (miss, miss * (1 - miss));
        }

        double ratio = score > -8 ? Math.Exp(-0.5 * score * score - 0.91893853320467274) / FmLinks.NormalProbability(score) : -score - (1 / score);
        return (ratio, Math.Max(0, ratio * (ratio + score)));
    }

    /// <summary>One answer.</summary>
    /// <param name="Row">What the sought factors are multiplied with.</param>
    /// <param name="Offset">The rest of the score.</param>
    /// <param name="Sign">1 for yes, −1 for no.</param>
    /// <param name="Weight">How much it counts.</param>
    private sealed record Choice(float[] Row, double Offset, int Sign, double Weight)
    {
        public double Score(double[] point)
        {
            double sum = Offset;
            for (int factor = 0; factor < point.Length; factor++)
            {
                sum += Row[factor] * point[factor];
            }

            return sum;
        }
    }
}
