using DistRec.Data;
using DistRec.Models;
using DistRec.Numerics.Linear;
using DistRec.Numerics.Random;

namespace DistRec.NewModel.Tests;

/// <summary>With one side fixed, p_u = Σ_i q_i (r_ui − μ) / (λ + Σ_i q_i²), and likewise for items.</summary>
public sealed class OneFactorSolver(OneFactorOptions options) : IRowSolver, IRowWorker
{
    public int Rank => 1;

    public void Initialize(FactorTable factors, int firstRow, Side side) =>
        InitialFactors.Draw(factors, firstRow, 1, options.Seed, side == Side.User ? RandomPurpose.UserFactors : RandomPurpose.ItemFactors);

    public IRowWorker CreateWorker() => this;

    public int SolveRows(RowRound round, int from, int to, FactorTable factors, Span<float> biases, Span<RowLoss> losses)
    {
        for (int row = from; row < to; row++)
        {
            ReadOnlySpan<int> columns = round.Ratings.RowColumns(row);
            ReadOnlySpan<float> ratings = round.Ratings.RowValues(row);
            double products = 0, squares = options.Damping, errors = 0;
            for (int t = 0; t < columns.Length; t++)
            {
                double q = FactorOf(round.Other, columns[t]), rest = (double)round.Units.TargetOf(ratings[t]);
                products += q * rest;
                squares += q * q;
                errors += rest * rest;
            }

            float p = factors.Row(row)[0] = (float)(products / squares);
            biases[row] = 0;
            losses[row] = new RowLoss(
                Math.Max(0, errors - (2 * p * products) + ((squares - options.Damping) * p * p)), (double)options.Damping * p * p);
        }

        return 0;
    }

    private static float FactorOf(PartitionedFactors other, int row)
    {
        int partition = 0;
        while (row >= other.Starts[partition + 1])
        {
            partition++;
        }

        return other.Tables[partition].Row(row - other.Starts[partition])[0];
    }
}
