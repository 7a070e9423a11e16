namespace DistRec.Oracles;

/// <summary>One rating r_ui as a triple, the form in which papers write sums over ratings.</summary>
public readonly record struct Rating(int User, int Item, double Value);
