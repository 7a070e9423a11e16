namespace DistRec.Oracles;

/// <summary>Errors of clipped predictions.</summary>
public static class NaiveErrors
{
    /// <summary>√(Σ (r − clip(r̂))² / n) and Σ |r − clip(r̂)| / n.</summary>
    public static (double Rmse, double Mae) Of(IReadOnlyCollection<Rating> ratings, Func<int, int, double> predict, double minimum, double maximum)
    {
        double[] errors = [.. ratings.Select(rating => rating.Value - Math.Clamp(predict(rating.User, rating.Item), minimum, maximum))];
        return (Math.Sqrt(errors.Average(error => error * error)), errors.Average(Math.Abs));
    }
}
