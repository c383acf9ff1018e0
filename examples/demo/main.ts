console.log("There is no demo yet.");
