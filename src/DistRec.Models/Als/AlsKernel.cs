namespace DistRec.Models.Als;

/// <summary>
/// The row solve of ALS ([ZWSP08], section 3; models.md §4): (Σ q_i q_iᵀ + λ n_uᵅ I) p_u = Σ (t_ui − b_i − b_u) q_i with
/// b_u solved along with p_u, and likewise for items.
/// </summary>
/// <remarks>A row's sums run in the order of its ratings, which is the order of the other side's global index; nothing in a
/// row's result depends on which rows are solved beside it, so any partitioning gives the same bits.</remarks>
public static class AlsKernel
{
    private const int MaximumAttempts = 8;

    /// <summary>Solves rows [<paramref name="from"/>, <paramref name="to"/>) of one side exactly.</summary>
    /// <param name="ratings">The ratings of this side's partition: rows are local, columns the other side's global index.</param>
    /// <param name="other">The other side.</param>
    /// <param name="options">Regularization and biases.</param>
    /// <param name="units">What ratings are to the solver: targets t.</param>
    /// <param name="from">First local row.</param>
    /// <param name="to">One past the last local row.</param>
    /// <param name="equation">Scratch of this thread, of the same rank.</param>
    /// <param name="factors">Receives the factors, [rows of the partition, rank].</param>
    /// <param name="biases">Receives the biases, [rows of the partition].</param>
    /// <param name="rowLosses">Receives each row's squared error and own penalty, [rows of the partition].</param>
    /// <returns>How many rows needed more than the asked regularization because their equation was singular.</returns>
    public static int SolveRows(
        RatingMatrix ratings,
        PartitionedFactors other,
        AlsOptions options,
        in RatingUnits units,
        int from,
        int to,
        NormalEquation equation,
        FactorTable factors,
        Span<float> biases,
        Span<RowLoss> rowLosses)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        ArgumentNullException.ThrowIfNull(other);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(equation);
        ArgumentNullException.ThrowIfNull(factors);
        if (other.Stride != equation.Stride || factors.Stride != equation.Stride)
        {
            throw new ArgumentException(
                $"expected factors for rank {equation.Rank} on both sides, found strides of {factors.Stride} and {other.Stride}", nameof(factors));
        }

        int singular = 0;
        for (int row = from; row < to; row++)
        {
            Span<float> solution = factors.Values.Slice(row * factors.Stride, factors.Stride);
            int count = ratings.RowLength(row);
            if (count == 0)
            {
                solution.Clear();
                biases[row] = 0;
                rowLosses[row] = default;
                continue;
            }

            // Platforms differ in the last bits of Math.Pow; float32 drops them.
            double scale = (float)Math.Pow(count, options.RegularizationExponent);
            double regularization = options.Regularization * scale;
            double biasRegularization = options.Biases ? options.BiasRegularization * scale : -1;
            bool solved = false;
            for (int attempt = 0; !solved; attempt++)
            {
                equation.Reset();
                RatingGather.Add(ratings.RowColumns(row), ratings.RowValues(row), other, units, equation);
                if (attempt > 0)
                {
                    // A row with fewer ratings than factors and no λ has no unique solution: take the one that a
                    // small ridge picks, the smallest that float32 can factor.
                    regularization = Math.Max(regularization * 10, equation.MinRegularization);
                    biasRegularization = options.Biases ? Math.Max(biasRegularization * 10, equation.MinInterceptRegularization) : -1;
                }

                solved = equation.TrySolve((float)regularization, (float)biasRegularization, solution, out biases[row]);
                singular += !solved && attempt == 0 ? 1 : 0;
                if (!solved && attempt == MaximumAttempts)
                {
                    throw new NumericalException(
                        $"row {row}: its normal equation stays singular with a regularization of {regularization:g3}; the ratings or "
                        + "the factors it is built from are not finite or far too large; check the ratings, or raise the regularization");
                }
            }

            double minimum = equation.MinimumOf(solution, biases[row]);
            double penalty = regularization * SquaredNorm(solution) + Math.Max(0, biasRegularization) * biases[row] * biases[row];
            rowLosses[row] = new RowLoss(Math.Max(0, minimum - penalty), penalty);
        }

        GC.KeepAlive(other); // its tables are read by address
        return singular;
    }

    private static double SquaredNorm(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += (double)value * value;
        }

        return sum;
    }
}
