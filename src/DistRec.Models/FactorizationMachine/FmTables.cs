using DistRec.Numerics.Random;

namespace DistRec.Models.FactorizationMachine;

/// <summary>Tables of features as training holds them.</summary>
public static class FmTables
{
    /// <summary>
    /// Fills a shard with what training begins from: v of all orders from N(0, scale²), keyed by the global feature, so that any
    /// sharding gives the same bits; w = 0; the intercept as given; the groups' λ, where they are learned, as the settings say; the learner's state 0.
    /// </summary>
    /// <param name="shape">Where parameters lie.</param>
    /// <param name="options">The model's settings.</param>
    /// <param name="rows">Receives rows of the table, [rows, <see cref="FmShape.Width"/>].</param>
    /// <param name="weights">Receives their weights, [rows].</param>
    /// <param name="firstRow">Global index of the first of them.</param>
    /// <param name="features">Number of features of the whole table; the intercept's row and others follow.</param>
    /// <param name="intercept">w₀ to begin with; see <see cref="InterceptOf"/>.</param>
    public static void Initialize(FmShape shape, FmOptions options, FactorTable rows, float[] weights, int firstRow, int features, float intercept)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(weights);
        rows.Values.Clear();
        for (int index = 0; index < rows.Rows; index++)
        {
            int row = firstRow + index;
            if (row > features && shape.Learner != FmLearner.AdaptiveSgd)
            {
                weights[index] = 0;
                continue;
            }

            weights[index] = row < features ? 0 : row == features ? intercept : options.WeightRegularization;
            for (int order = 2; order <= shape.Order && shape.Rank > 0 && row != features; order++)
            {
                Span<float> factors = rows.Row(index).Slice(shape.StartOf(order), shape.Rank);
                if (row > features)
                {
                    factors.Fill(options.Regularization);
                    continue;
                }

                EntityRandom random = new(options.Seed, RandomPurpose.FeatureFactors, row, order);
                foreach (ref float factor in factors)
                {
                    factor = (float)(random.NextGaussian() * options.InitialScale);
                }
            }
        }
    }

    /// <summary>The w₀ that answers best alone: the targets' mean; the log-odds of 1 for classification; 0 for ranking, which it cannot change.</summary>
    /// <param name="options">The model's settings.</param>
    /// <param name="sum">Σ y.</param>
    /// <param name="count">Number of targets, at least 1.</param>
    public static float InterceptOf(FmOptions options, double sum, long count)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);

        // As if one of each class had been seen besides, so that the odds stay finite.
        double odds = (sum + 1) / (count - sum + 1);
        return options.Task switch
        {
            FmTask.Regression => (float)(sum / count),
            FmTask.Classification when options.Sweeps => (float)ProbitOf((sum + 1) / (count + 2)),
            FmTask.Classification => (float)Math.Log(odds),
            _ => 0,
        };
    }

    // Φ⁻¹(p) by halving: called once.
    private static double ProbitOf(double probability)
    {
        double low = -8, high = 8;
        for (int halving = 0; halving < 60; halving++)
        {
            double middle = (low + high) / 2;
            (low, high) = FmLinks.NormalProbability(middle) < probability ? (middle, high) : (low, middle);
        }

        return low;
    }
}
