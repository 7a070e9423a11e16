using System.Runtime.Intrinsics;
using DistRec.Numerics.Random;

namespace DistRec.Data;

/// <summary>
/// The planted parameters of generated ratings, [users, rank] and [items, rank], and the error that remains when they are known
/// exactly: the floor under every model's error.
/// </summary>
public sealed class PlantedRatings
{
    private const int Lanes = 8;
    private const int RowsPerSum = 256;

    private readonly SyntheticOptions _options;
    private readonly int _stride; // rank rounded up to whole vectors; the rest is zero
    private readonly float[] _userFactors;
    private readonly float[] _itemFactors;
    private readonly float[] _userBiases;
    private readonly float[] _itemBiases;

    internal PlantedRatings(SyntheticOptions options)
    {
        _options = options;
        _stride = (options.Rank + Lanes - 1) / Lanes * Lanes;
        _userBiases = new float[options.UserCount];
        _itemBiases = new float[options.ItemCount];
        _userFactors = new float[(long)options.UserCount * _stride];
        _itemFactors = new float[(long)options.ItemCount * _stride];

        // Var(p·q) = rank · s⁴ for factors of standard deviation s.
        double deviation = Math.Sqrt(Math.Sqrt(options.InteractionVariance / options.Rank));
        Fill(RandomPurpose.SyntheticUser, _userBiases, options.UserBiasDeviation, _userFactors, deviation);
        Fill(RandomPurpose.SyntheticItem, _itemBiases, options.ItemBiasDeviation, _itemFactors, deviation);
    }

    /// <summary>p_u.</summary>
    public ReadOnlySpan<float> UserFactors(int user) => _userFactors.AsSpan(user * _stride, _options.Rank);

    /// <summary>q_i.</summary>
    public ReadOnlySpan<float> ItemFactors(int item) => _itemFactors.AsSpan(item * _stride, _options.Rank);

    /// <summary>μ + b_u + b_i + p_u·q_i: the rating before noise and rounding.</summary>
    public double Score(int user, int item)
    {
        // Fixed lanes and a fixed order of sums, so that the bits are the same on every machine.
        Vector256<float> sum = Vector256<float>.Zero;
        ReadOnlySpan<float> p = _userFactors.AsSpan(user * _stride, _stride);
        ReadOnlySpan<float> q = _itemFactors.AsSpan(item * _stride, _stride);
        for (int factor = 0; factor < p.Length; factor += Lanes)
        {
            sum += Vector256.Create(p.Slice(factor, Lanes)) * Vector256.Create(q.Slice(factor, Lanes));
        }

        Vector128<float> four = sum.GetLower() + sum.GetUpper();
        float product = four[0] + four[2] + (four[1] + four[3]);
        return _options.Mean + _userBiases[user] + _itemBiases[item] + product;
    }

    /// <summary>The expectation of a rating given all planted parameters, rounding and clipping included.</summary>
    public double Expectation(int user, int item) => _options.Rounded
        ? HalfStars.ExpectedRound(Score(user, item), _options.NoiseDeviation)
        : Score(user, item);

    /// <summary>Root of the mean squared difference between given ratings and their expectations: no model can be expected to do better on them.</summary>
    /// <param name="ratings">Ratings of this data set, [users, items]: all of them, or for instance the test part.</param>
    public double FloorRmse(RatingMatrix ratings)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        ExpectationTable? table = _options.Rounded ? new ExpectationTable(_options.NoiseDeviation) : null;
        double[] sums = new double[(ratings.RowCount + RowsPerSum - 1) / RowsPerSum];
        int next = -1;
        Workers.Run(_options.Threads, _ =>
        {
            for (int group; (group = Interlocked.Increment(ref next)) < sums.Length;)
            {
                for (int row = group * RowsPerSum; row < Math.Min(ratings.RowCount, (group + 1) * RowsPerSum); row++)
                {
                    sums[group] += SquaredError(ratings, row, table);
                }
            }
        });
        return Math.Sqrt(sums.Sum() / ratings.Count);
    }

    private double SquaredError(RatingMatrix ratings, int row, ExpectationTable? table)
    {
        ReadOnlySpan<int> items = ratings.RowColumns(row);
        ReadOnlySpan<float> values = ratings.RowValues(row);
        double sum = 0;
        for (int index = 0; index < items.Length; index++)
        {
            double score = Score(row, items[index]);
            double error = values[index] - (table?.Expectation(score) ?? score);
            sum += error * error;
        }

        return sum;
    }

    private void Fill(RandomPurpose purpose, float[] biases, double biasDeviation, float[] factors, double factorDeviation)
    {
        for (int entity = 0; entity < biases.Length; entity++)
        {
            var random = new EntityRandom(_options.Seed, purpose, entity);
            biases[entity] = (float)(biasDeviation * random.NextGaussian());
            foreach (ref float factor in factors.AsSpan(entity * _stride, _options.Rank))
            {
                factor = (float)(factorDeviation * random.NextGaussian());
            }
        }
    }
}
