/// This version of Atlas2.
let atlas2Version = "0.1.0"
