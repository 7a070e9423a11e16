namespace DistRec.Oracles;

/// <summary>A factorization machine of order 2 over a dense design matrix, from its definition ([R12], equations 1, 27 and 28).</summary>
public sealed class NaiveFmSweep
{
    /// <summary>x, [rows][features].</summary>
    public required double[][] X { get; init; }

    /// <summary>y, [rows].</summary>
    public required double[] Y { get; init; }

    /// <summary>w₀.</summary>
    public double Intercept { get; set; }

    /// <summary>w, [features].</summary>
    public required double[] Weights { get; init; }

    /// <summary>v, [features][factors].</summary>
    public required double[][] Factors { get; init; }

    /// <summary>ŷ of a row, pair by pair.</summary>
    public double Predict(int row)
    {
        double[] x = X[row];
        double sum = Intercept;
        for (int i = 0; i < x.Length; i++)
        {
            sum += Weights[i] * x[i];
            for (int j = i + 1; j < x.Length && x[i] != 0; j++)
            {
                sum += x[j] == 0 ? 0 : x[i] * x[j] * Factors[i].Zip(Factors[j], (a, b) => a * b).Sum();
            }
        }

        return sum;
    }

    /// <summary>y − ŷ of all rows.</summary>
    public double[] Errors() => [.. Y.Select((y, row) => y - Predict(row))];

    /// <summary>Σe² + λ_w‖w‖² + λ_v‖v‖².</summary>
    public double Loss(double weightRegularization, double regularization) =>
        Errors().Sum(e => e * e) + (weightRegularization * Weights.Sum(w => w * w)) + (regularization * Factors.Sum(v => v.Sum(value => value * value)));

    /// <summary>Moves w₀ (feature −1), w (factor −1) or v to its conditional mean plus noise times its conditional deviation.</summary>
    public void Move(int feature, int factor, double noisePrecision, double precision, double mean, double noise)
    {
        double[] errors = Errors();
        double value = feature < 0 ? Intercept : factor < 0 ? Weights[feature] : Factors[feature][factor];
        double slopeSquares = 0, slopeErrors = 0;
        for (int row = 0; row < X.Length; row++)
        {
            double slope = feature < 0 ? 1 : factor < 0 ? X[row][feature] : SlopeOf(X[row], feature, factor);
            slopeSquares += slope * slope;
            slopeErrors += slope * errors[row];
        }

        double total = precision + (noisePrecision * slopeSquares);
        if (total == 0)
        {
            return;
        }

        double moved = (((noisePrecision * (slopeErrors + (value * slopeSquares))) + (precision * mean)) / total) + (noise / Math.Sqrt(total));
        if (feature < 0)
        {
            Intercept = moved;
        }
        else if (factor < 0)
        {
            Weights[feature] = moved;
        }
        else
        {
            Factors[feature][factor] = moved;
        }
    }

    // ∂ŷ/∂v_jf = x_j Σ_{i≠j} x_i v_if
    private double SlopeOf(double[] x, int feature, int factor)
    {
        double sum = 0;
        for (int other = 0; other < x.Length; other++)
        {
            sum += other == feature ? 0 : x[other] * Factors[other][factor];
        }

        return x[feature] * sum;
    }
}
