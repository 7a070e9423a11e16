using DistRec.Models.Queries;
using DistRec.Numerics.Vectors;

namespace DistRec.Models.ImplicitAls;

/// <summary>
/// The row solve of implicit ALS in float64, for rows whose confidences are so far apart that float32 would lose the solution: counts of plays
/// reach a hundred thousand. Slower than the float32 one by an order of magnitude, and hardly ever needed.
/// </summary>
/// <param name="options">The settings of the model.</param>
internal sealed class PreciseRow(ImplicitAlsOptions options)
{
    // Beside the mean diagonal: what a singular equation gets, as much as shows in float32.
    private const double SingularRidge = 1e-6;

    private readonly double[,] _matrix = new double[options.Rank, options.Rank];
    private readonly double[] _vector = new double[options.Rank];

    /// <summary>Solves a row.</summary>
    /// <param name="round">What from.</param>
    /// <param name="row">The local row.</param>
    /// <param name="gram">QᵀQ.</param>
    /// <param name="regularization">λ of the row.</param>
    /// <param name="solution">Receives p, [stride].</param>
    /// <param name="loss">The row's part of the loss, at p as it is stored.</param>
    /// <returns>Whether the equation was singular, so that it needed more than the asked regularization.</returns>
    /// <exception cref="NumericalException">The numbers are not finite.</exception>
    public bool Solve(RowRound round, int row, FactorTable gram, double regularization, Span<float> solution, out RowLoss loss)
    {
        Gather(round, row, gram);
        bool isSingular = !RidgeSolve.TrySolve(_matrix, regularization, _vector);
        if (isSingular)
        {
            Gather(round, row, gram);
            RidgeSolve.TrySolve(_matrix, SingularRidge * RidgeSolve.MeanDiagonal(_matrix), _vector);
        }

        solution.Clear();
        for (int j = 0; j < options.Rank; j++)
        {
            solution[j] = float.IsFinite((float)_vector[j])
                ? (float)_vector[j]
                : throw new NumericalException(
                    $"row {row}: its solution is not finite, as the ratings or the factors it is built from are not or are far too large; "
                    + "check the ratings, or raise the regularization");
        }

        loss = LossOf(options, round, row, gram, regularization, solution);
        return isSingular;
    }

    private void Gather(RowRound round, int row, FactorTable gram)
    {
        int rank = options.Rank;
        ReadOnlySpan<int> columns = round.Ratings.RowColumns(row);
        ReadOnlySpan<float> values = round.Ratings.RowValues(row);
        for (int i = 0; i < rank; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                _matrix[i, j] = gram.Row(j)[i];
            }
        }

        Array.Clear(_vector);
        for (int t = 0; t < columns.Length; t++)
        {
            ReadOnlySpan<float> factors = round.Other.FactorsOf(columns[t])[..rank];
            float weight = options.WeightOf(values[t]);
            double target = options.TargetOf(weight);
            RidgeSolve.Add(_matrix, factors, weight);
            for (int j = 0; j < rank; j++)
            {
                _vector[j] += target * factors[j];
            }
        }
    }

    /// <summary>A row's part of the loss, Σ_{i∈N(u)} (c (1 − ŷ)² − ŷ²) + pᵀQᵀQ p, one interaction after the other.</summary>
    public static RowLoss LossOf(
        ImplicitAlsOptions options, RowRound round, int row, FactorTable gram, double regularization, ReadOnlySpan<float> solution)
    {
        solution = solution[..options.Rank];
        ReadOnlySpan<int> columns = round.Ratings.RowColumns(row);
        ReadOnlySpan<float> values = round.Ratings.RowValues(row);
        double sum = 0;
        for (int t = 0; t < columns.Length; t++)
        {
            double target = options.TargetOf(options.WeightOf(values[t]));
            double score = Dot.Double(solution, round.Other.FactorsOf(columns[t])[..solution.Length]);
            sum += target > 0 ? (target * (1 - score) * (1 - score)) - (score * score) : 0;
        }

        for (int j = 0; j < solution.Length; j++)
        {
            sum += solution[j] * Dot.Double(gram.Row(j)[..solution.Length], solution);
        }

        return new RowLoss(Math.Max(0, sum), regularization * Dot.Double(solution, solution));
    }
}
